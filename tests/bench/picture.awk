# The picture, SVG: after stats.awk. A panel for each row and place, in two
# columns; bars from zero, of one scale in a panel.

function escaped(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	return s
}

function words(class, x, y, s) {
	return sprintf("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
		class, x, y, escaped(s))
}

function box(class, x, y, width, height) {
	return sprintf("<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
		class, x, y, width, height)
}

# A number with its unit, the larger one where that is shorter.
function amount(x, unit) {
	if (unit == "KB")
		return number(x / 1024) " MB"
	if (unit == "ns" && x >= 1000)
		return number(x / 1000) " µs"
	if (unit == "µs" && x >= 1000)
		return number(x / 1000) " ms"
	return number(x) " " unit
}

# A bar's value: over what is subtracted, where that has no bar of its own.
function shown(r, place, v) {
	return median_of(r, place, v, !((r, less[r]) in whose))
}

# Eight times what the first goal is of, or the longest bar: much longer ones
# are cut, or the short ones could not be told apart.
function scale_of(r, place,    i, most, cut) {
	for (i = 1; i <= n_variants[r]; i++)
		if (has(r, place, variant[r, i]) &&
		    shown(r, place, variant[r, i]) > most)
			most = shown(r, place, variant[r, i])
	if (n_goals[r] && has(r, place, goal_of[r, 1]))
		cut = 8 * shown(r, place, goal_of[r, 1])
	return (cut > 0 && most > cut) ? cut : most
}

# Where a bar must end at the latest, for its strictest goal; -1 without one.
function mark_of(r, place, v,    g, limit, least) {
	least = -1
	for (g = 1; g <= n_goals[r]; g++) {
		if (goal_of[r, g] != v || !has_goal(r, place, g))
			continue
		limit = goal_limit[r, g]
		if (goal_by[r, g] != "")
			limit *= median_of(r, place, goal_by[r, g], 1)
		if (goal_by[r, g] != "" && ((r, less[r]) in whose))
			limit += median_of(r, place, less[r], 0)
		if (least < 0 || limit < least)
			least = limit
	}
	return least
}

function bar(r, place, v, y, scale,    x, end, mark) {
	x = shown(r, place, v)
	end = (x > 0) ? WIDE * x / scale : 0
	mark = WIDE * mark_of(r, place, v) / scale
	panel = panel words("label", LABEL - 6, y + 9, text[r, v])
	if (end > WIDE * 1.001) {
		panel = panel box(whose[r, v], LABEL, y, WIDE - 12, 11) \
			box(whose[r, v], LABEL + WIDE - 9, y, 3, 11) \
			box(whose[r, v], LABEL + WIDE - 3, y, 3, 11)
		end = WIDE
	} else {
		panel = panel box(whose[r, v], LABEL, y, end, 11)
	}
	if (mark >= 0 && mark <= WIDE + 20) {
		panel = panel box("mark", LABEL + mark - 1, y - 2, 2, 15)
		if (end < mark)
			end = mark
	}
	panel = panel words("value", LABEL + end + 5, y + 9, amount(x, unit[r]))
}

function goal(r, place, g, y,    x, met, s) {
	x = reached(r, place, g)
	met = x <= goal_limit[r, g]
	s = (met ? "✓ " : "✗ ") text[r, goal_of[r, g]] ": "
	if (goal_by[r, g] == "")
		s = s amount(x, unit[r]) " (goal " amount(goal_limit[r, g], unit[r]) ")"
	else
		s = s number(x) " × " text[r, goal_by[r, g]] " (goal " goal_limit[r, g] ")"
	panel = panel words(met ? "met" : "missed", 0, y + 9, s)
}

# Leaves the panel in `panel` and returns its height.
function panel_make(r, place,    i, g, v, y, scale) {
	panel = words("title", 0, 12, title[r] ", " place)
	y = 22
	scale = scale_of(r, place)
	for (i = 1; i <= n_variants[r]; i++) {
		v = variant[r, i]
		if (!has(r, place, v))
			continue
		bar(r, place, v, y, scale)
		y += 16
	}
	y += 2
	for (g = 1; g <= n_goals[r]; g++) {
		if (!has_goal(r, place, g))
			continue
		goal(r, place, g, y)
		y += 14
	}
	return y + 20
}

function style() {
	return "<style>\n" \
		"text { font: 11px system-ui, sans-serif; fill: #1f2328 }\n" \
		".title { font-weight: 600; font-size: 12px }\n" \
		".head { font-weight: 600; font-size: 18px }\n" \
		".label { text-anchor: end }\n" \
		".scrun { fill: #2f7fe6 }\n.peer { fill: #9098a1 }\n" \
		".limit { fill: none; stroke: #9098a1 }\n.mark { fill: #d4622a }\n" \
		".met { fill: #1a7f37 }\n.missed { fill: #c22a2a; font-weight: 600 }\n" \
		"@media (prefers-color-scheme: dark) {\n" \
		"text { fill: #e6edf3 }\n.met { fill: #4cc265 }\n" \
		".missed { fill: #ff7b72 }\n.paper { fill: #0d1117 }\n}\n" \
		".paper { fill: #ffffff }\n</style>\n"
}

function legend(y) {
	return box("scrun", 0, y, 18, 11) words("", 23, y + 9, "scrun") \
		box("peer", 70, y, 18, 11) words("", 93, y + 9, "its peers") \
		box("limit", 160, y, 18, 11) \
		words("", 183, y + 9, "a program that does only this: the limit") \
		box("mark", 410, y - 2, 2, 15) \
		words("", 418, y + 9, "the goal: at most that long")
}

# What the machine is, in lines of the picture's width.
function head(    i, y, s) {
	s = words("head", 0, 16, "scrun beside its peers: shorter is better")
	y = 38
	for (i = 1; i <= n_facts; i++) {
		s = s words("", 0, y, fact[i] ": " fact_text[i])
		y += 15
	}
	head_height = y + 32
	return s legend(y + 2)
}

BEGIN {
	COLUMN = 450
	LABEL = 205
	WIDE = 170
}

END {
	body = head()
	bottom[1] = bottom[2] = head_height
	for (r = 1; r <= n_rows; r++) {
		for (p = 1; p <= split("unpinned pinned", places, " "); p++) {
			if (!((row[r], places[p]) in place_seen))
				continue
			height = panel_make(r, places[p])
			column = (bottom[2] < bottom[1]) ? 2 : 1
			body = body sprintf("<g transform=\"translate(%d,%d)\">\n%s</g>\n",
				(column - 1) * (COLUMN + 20), bottom[column], panel)
			bottom[column] += height
		}
	}
	width = 2 * COLUMN + 60
	height = ((bottom[1] > bottom[2]) ? bottom[1] : bottom[2]) + 20
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n", width, height, width, height
	printf "<title>scrun beside its peers</title>\n%s", style()
	printf "%s<g transform=\"translate(20,20)\">\n%s</g>\n</svg>\n",
		box("paper", 0, 0, width, height), body
}
