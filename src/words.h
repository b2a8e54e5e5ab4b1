/* Words in lines that a terminal shows whole. */
#ifndef SCRUN_WORDS_H
#define SCRUN_WORDS_H

/*
 * Prints WORD to stdout, where COLUMN have been printed of the line: after a
 * blank, or at the beginning of a new line behind INDENT blanks. Returns the
 * column behind it.
 */
int print_word(const char *word, int column, int indent);

/* Prints TEXT, which may come from anywhere, to stdout: printable, and cut if
 * it is very long. */
void print_text(const char *text);

#endif
