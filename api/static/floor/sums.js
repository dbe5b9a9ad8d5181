// Sums of rows of usage, and their rates: pooled, never the mean of shares. Of too few sessions there is no rate.
const FEWEST = 5; // as the API has it
export const COVERED = 0.9; // below it a rate is shown in grey

export function pool(rows) {
  const sums = {};
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === "number") sums[name] = (sums[name] ?? 0) + value;
    }
  }
  return { sum: (name) => sums[name] ?? 0, empty: rows.length === 0 };
}

const ratio = (part, whole) => (whole > 0 ? part / whole : null);
const rate = (enough, part, whole) => (enough >= FEWEST ? ratio(part, whole) : null);

export const flatShare = ({ sum }) => rate(sum("sessions"), sum("flat_s"), sum("eligible_s"));

// Of the sessions in which the screen could ask, and of those in which nobody was asked.
export const askedShare = ({ sum }) =>
  rate(sum("sessions") - sum("observed_sessions"), sum("flat_s") - sum("observed_flat_s"), sum("eligible_s") - sum("observed_eligible_s"));
export const baseline = ({ sum }) => rate(sum("observed_sessions"), sum("observed_flat_s"), sum("observed_eligible_s"));

export const coverage = ({ sum }) => ratio(sum("belt_s") - sum("unknown_s"), sum("belt_s") + sum("gap_s"));

export const accepted = ({ sum }) => sum("nudges_accepted_key") + sum("nudges_accepted_self");
export function acceptance(pooled) {
  const { sum } = pooled;
  return rate(sum("sessions"), accepted(pooled), accepted(pooled) + sum("nudges_declined") + sum("nudges_expired"));
}
export const unasked = ({ sum }) => rate(sum("observed_sessions"), sum("spells_ended"), sum("spells_ended") + sum("spells_stayed"));
