// What a period needs from the API: its sums and those of the period before, its weeks, and its week by hours.
import { get, rows } from "./ask.js";
import { pool } from "./sums.js";
import { date, shifted, weekday } from "./words.js";

const YEAR_WEEKS = 52;

// So many weeks up to today: from the day `first` up to, and without, `end`. `year` is a Monday.
export function period(weeks) {
  const end = shifted(date(), 1);
  const first = shifted(end, -7 * weeks);
  return { first, end, before: shifted(first, -7 * weeks), monday: shifted(first, 1 - weekday(first)), year: shifted(end, 1 - weekday(end) - 7 * YEAR_WEEKS) };
}

export async function figures(span, only) {
  const asked = { ...only, by: "site" };
  const sums = (from, to) => rows("usage", { ...asked, from, to, bucket: "total" });
  const [now, before, year, cells] = await Promise.all([
    sums(span.first, span.end),
    sums(span.before, span.first),
    rows("usage", { ...asked, from: span.year, to: span.end, bucket: "week" }),
    get("heat", { ...asked, from: span.first, to: span.end }),
  ]);
  const starts = year.map((row) => row.start.slice(0, 10));
  return {
    now: pool(now),
    before: pool(before),
    weeks: year.filter((_, at) => starts[at] >= span.monday),
    observed: pool(year),
    cells: cells.rows,
    // A floor that is younger than the period was not idle before it began.
    began: starts.length && starts[0] > span.first ? starts[0] : span.first,
  };
}
