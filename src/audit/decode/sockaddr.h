/* The address of a socket as a person writes it. */
#ifndef SCRUN_SOCKADDR_H
#define SCRUN_SOCKADDR_H

#include <stddef.h>
#include <sys/socket.h>

#include "text.h"

/* The kernel takes no longer one (move_addr_to_kernel(), net/socket.c). */
#define MAX_SOCKADDR sizeof(struct sockaddr_storage)

/*
 * Adds 127.0.0.1:80, [::1]:80, "/run/x.sock", @"name" and the like; what of
 * ADDRESS is too short for its family as {AF_INET}.
 */
void sockaddr_print(struct text *text, const void *address, size_t length);

/* The path of a unix socket that has one in the file system; its length, or 0.
 * Not terminated. */
size_t sockaddr_path(const void *address, size_t length, const char **path);

#endif
