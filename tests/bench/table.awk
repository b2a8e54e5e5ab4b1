# The table, for people: after stats.awk.

# Right-aligned; awk counts the bytes of a letter.
function right(s, width) {
	return sprintf("%" (width + (index(s, "µ") > 0)) "s", s)
}

function goals(r, place,    g, x, what) {
	for (g = 1; g <= n_goals[r]; g++) {
		if (!has_goal(r, place, g))
			continue
		x = reached(r, place, g)
		what = text[r, goal_of[r, g]]
		if (goal_by[r, g] != "")
			what = what " / " text[r, goal_by[r, g]]
		printf "  %-50s %9s  goal %s  (%s to %s)%s\n", what, number(x),
			goal_limit[r, g], number(low), number(high),
			(x > goal_limit[r, g]) ? "  MISSED" : ""
	}
}

function section(r, place,    i, v) {
	printf "\n%-52s %s%s\n", title[r] ", " place, right(unit[r], 9),
		(less[r] == "-") ? "" : right("over it", 9)
	for (i = 1; i <= n_variants[r]; i++) {
		v = variant[r, i]
		if ((row[r], place, v) in skipped)
			printf "  %-50s skipped: %s\n", text[r, v],
				skipped[row[r], place, v]
		if (!has(r, place, v))
			continue
		printf "  %-50s %9s%s\n", text[r, v],
			number(median_of(r, place, v, 0)),
			(less[r] == "-") ? "" : right(number(median_of(r, place, v, 1)), 9)
	}
	goals(r, place)
}

END {
	for (i = 1; i <= n_facts; i++)
		printf "%-11s%s\n", fact[i], fact_text[i]
	for (r = 1; r <= n_rows; r++) {
		for (i = split("unpinned pinned", places, " "); i > 0; i--) {
			if ((row[r], places[3 - i]) in place_seen)
				section(r, places[3 - i])
		}
	}
}
