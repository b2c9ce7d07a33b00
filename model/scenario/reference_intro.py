"""The introduction of the scenario reference: how numbers, years and files are written."""

INTRODUCTION = """\
# Scenario reference

<!-- Written by model/scenario/reference.py from the schema: change the schema, not this file. -->

A scenario is one YAML file: lines of `key: value`, indented with spaces, lists with `- `. Run
`hn-forecast validate FILE` at any time; it lists every mistake with its line and how to mend it.
`hn-forecast init FOLDER` writes a complete example to start from, with a schema beside it that lets
an editor complete the keys below.

## Writing numbers

| you mean | you write |
|---|---|
| £1,200 | `1200` (no pound sign, no commas) |
| £1.2m | `1200000` |
| minus £1,200 | `-1200` (not brackets) |
| 5 % | `0.05` |
| 1 September 2024 | `2024-09` |
| financial year 2023/24 | `2023-24` |
| yes | `true` |

**Money** is in pounds, in cash of the year given by `price_base`. A deficit is positive, a surplus
negative. An empty value is refused: give `0`, or leave the key out.

### Uncertain numbers

Wherever a key below asks for a number that may be uncertain, write it plain or as one of these.

| you write | it means |
|---|---|
| `{between: [low, high]}` | one chance in ten below low, one in ten above high: how people speak |
| `{pert: [low, mode, high]}` | most likely the mode, never outside low and high |
| `{uniform: [low, high]}` | anything between, equally likely |
| `{normal: [mean, standard deviation]}` | the bell curve |
| `{lognormal: [median, 95th percentile]}` | positive, with a long upper tail |
| `{beta: [a, b]}` | a share from 0 to 1 |
| `{discrete: {1: 0.75, 0: 0.25}}` | these values with these probabilities |

`between` follows a lognormal where the number cannot be negative, a logit-normal where it is a
share, else a normal. What would fall outside the permitted range is cut off; above 1 % it is refused.
The central run uses the mean, or the likeliest value of a `discrete` number.

### Where a figure comes from

A number may say more about itself; it all appears in the assumptions register:

    annual_cost_gbp: {value: 52000, status: published, source: "000:2179"}
    confidence: {between: [0.3, 0.9], status: assumed, reason: Capacity is also wanted elsewhere.}

| key | meaning |
|---|---|
| `source`, `owner`, `as_at`, `confidence` | where it is from, who answers for it, of when, how sure they are |
| `status` | `published`, `derived` from published figures, or `assumed` |
| `reason` | why this figure; an assumed one must say |
| `range` | `[low, high]`: how far off an assumed figure may be, if it is not uncertain already |
| `hindsight` | `true` when it was known only after the scenario's date |
| `unit` | the unit, where it differs from the key's own |

Every section may also carry a `source`, a `note` and a `status` (`published` or `derived`); source and
status hold for its plain figures that do not give their own.

### Numbers by year

A number "by year" is one number for all years, or one for each financial year:

    annual_rate: {2023-24: 0, 2024-25: {between: [0.03, 0.09]}, then: 0.02}

`then` stands for every year not given. What is said about the series (`status`, `reason`, `range`
and so on) covers its years. `path` says how one uncertain year goes with the next: `persistent` (one
draw for all years, usual for rates), `{ar1: 0.5}` (correlated from year to year, usual for inflation)
or `independent` (usual for yearly decisions).

### Shares

Named shares sum to 1: `{C1: 0.6, C2: 0.4}`. Uncertain shares are `{dirichlet: {C1: 12, C2: 8}}`: the
same proportions, surer the larger the weights.

## Text

Text needs quotes when it holds `: ` or ` #`, starts with `@`, `%` or a bracket, or looks like a number
(`s251: "1.2.1"` and `level: 2` are different things). Inside `{ }` a comma ends a value, so quote text
that holds one. Text that a spreadsheet would run is refused: text starting with `=` or `@`, or with `+`
or `-` running straight into a function, another sheet or a program. `- item` and `+5 places` are fine.

## Other files

Each is named relative to the file that names it, and must lie in the scenario's folder or below it.

- **`extends: other.yaml`** lays this file over another, so that a variant holds only what differs.
  Sections merge key by key and lists whose entries have an `id` merge by id. Everything else is
  replaced whole: a number with its years and source, a set of shares, a margin, a list without ids, a
  driver of another `kind`. What the other file gives cannot be taken away, only replaced. An overlay
  has its own `format` and `name`.
- **`table: population.csv`** is a CSV file with a header; lines starting with `#` are comments.
- **`samples: samples.csv`** (or `.parquet`) gives joint samples of inputs, one column a path, used in
  place of drawing them. Only single numbers, not numbers by year or shares.

## Paths and correlations

A path names an input: keys joined by dots, list entries by their id, as in
`funding.inflation[independent_fees].annual_rate`. `validate` and the assumptions register use the same
paths. `correlations` ties two uncertain inputs by rank: `{between: [path, path], spearman: 0.6}`.
Correlations that cannot hold together are refused.
"""
