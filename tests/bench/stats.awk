# For table.awk and picture.awk: reads a machine.tsv, `rows` and a results.tsv,
# and has medians and ratios of them.

FNR == 1 { file++ }

file == 1 {
	tab = index($0, "\t")
	fact[++n_facts] = substr($0, 1, tab - 1)
	fact_text[n_facts] = substr($0, tab + 1)
}

# The words of this line from the Nth on.
function rest(n,    i, text) {
	text = $n
	for (i = n + 1; i <= NF; i++)
		text = text " " $i
	return text
}

file == 2 && $1 == "row" {
	row[++n_rows] = $2
	unit[n_rows] = $3
	less[n_rows] = $4
	title[n_rows] = rest(5)
}
file == 2 && ($1 == "scrun" || $1 == "peer" || $1 == "limit") {
	variant[n_rows, ++n_variants[n_rows]] = $2
	whose[n_rows, $2] = $1
	text[n_rows, $2] = rest(3)
}
file == 2 && $1 == "goal" {
	goal_of[n_rows, ++n_goals[n_rows]] = $2
	goal_by[n_rows, n_goals[n_rows]] = $3
	goal_limit[n_rows, n_goals[n_rows]] = $4
	goal_place[n_rows, n_goals[n_rows]] = $5
}
file == 2 && $1 == "most" {
	goal_of[n_rows, ++n_goals[n_rows]] = $2
	goal_limit[n_rows, n_goals[n_rows]] = $3
}

file == 3 {
	split($0, field, "\t")
	place_seen[field[1], field[2]] = 1
	if (field[4] == "skipped") {
		skipped[field[1], field[2], field[3]] = field[5]
	} else {
		value[field[1], field[2], field[3], field[4]] = field[5]
		if (field[4] > rounds[field[1], field[2], field[3]])
			rounds[field[1], field[2], field[3]] = field[4]
	}
}

# Of list[1..n], which it sorts.
function median(list, n,    i, j, t) {
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
			t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
		}
	return (list[int((n + 1) / 2)] + list[int(n / 2) + 1]) / 2
}

function has(r, place, v) {
	return (row[r], place, v) in rounds
}

# What is subtracted from a value of that round.
function base(r, place, round) {
	return less[r] == "-" ? 0 : value[row[r], place, less[r], round]
}

# The median of a variant's values, as measured or over what is subtracted.
function median_of(r, place, v, over,    i, n, list) {
	n = rounds[row[r], place, v]
	for (i = 1; i <= n; i++)
		list[i] = value[row[r], place, v, i] - (over ? base(r, place, i) : 0)
	return median(list, n)
}

# The Gth goal's ratio, or value: of each round by itself, since the machine may
# be slower in one; the lowest and the highest are left in `low` and `high`.
function reached(r, place, g,    i, n, a, b, list, by, middle) {
	a = goal_of[r, g]
	b = goal_by[r, g]
	n = rounds[row[r], place, a]
	for (i = 1; i <= n; i++) {
		list[i] = value[row[r], place, a, i]
		if (b == "")
			continue
		by = value[row[r], place, b, i] - base(r, place, i)
		list[i] = (list[i] - base(r, place, i)) / (by == 0 ? 1e-9 : by)
	}
	middle = median(list, n)
	low = list[1]
	high = list[n]
	return middle
}

function has_goal(r, place, g) {
	if (goal_place[r, g] != "" && goal_place[r, g] != place)
		return 0
	return has(r, place, goal_of[r, g]) &&
		(goal_by[r, g] == "" || has(r, place, goal_by[r, g]))
}

# "0.043", "12.3", "1234": three digits that say something.
function number(x) {
	if (x >= 99.95 || x <= -99.95)
		return sprintf("%.0f", x)
	return sprintf(x >= 9.995 ? "%.1f" : x >= 0.0995 ? "%.2f" : "%.3f", x)
}
