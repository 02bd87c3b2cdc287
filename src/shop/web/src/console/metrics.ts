// What the engine keeps of the past, a row a minute.
import { get } from "./api";

export interface Series {
  period: number; // seconds
  times: number[]; // seconds of the epoch, at which each period begins
  ran: number; // seconds of the newest period that are over and known
  values: Record<string, (number | null)[]>; // by metric: NAMESPACE/NAME/RESOURCE/STATISTIC
}

interface Answer {
  period: number;
  times: number[];
  series: { metric: string; values: (number | null)[] }[];
}

export const kRanges = {
  hour: { seconds: 3_600, period: 60 },
  sixHours: { seconds: 21_600, period: 120 },
  day: { seconds: 86_400, period: 600 },
  week: { seconds: 604_800, period: 3_600 },
} as const;
export type Range = keyof typeof kRanges;

// What a chart of a range reaches back to at least, however young the system is, and its step.
export const reachOf = (range: Range) => {
  const { period } = kRanges[range];
  return { least: 10 * period, step: period };
};

// What is the program's own has no resource.
export const withStatistic = (metric: string, statistic: string): string =>
  metric.startsWith("Doorbuster/") ? `${metric}//${statistic}` : `${metric}/${statistic}`;

const kMinute = 60; // seconds: what is stored, is stored by the minute

function ranOf(begin: number, period: number): number {
  const known = Math.floor(Date.now() / 1000 / kMinute) * kMinute;
  return Math.min(period, Math.max(kMinute, known - begin));
}

const kAtOnce = 100; // metrics that the server answers for

async function ask(
  metrics: readonly string[],
  from: number,
  to: number,
  period: number,
  signal?: AbortSignal,
): Promise<Series> {
  const all: Series = { period, times: [], ran: ranOf(to - period, period), values: {} };
  for (let at = 0; at < metrics.length; at += kAtOnce) {
    const query = new URLSearchParams({ from: `${from}`, to: `${to}`, period: `${period}` });
    for (const metric of metrics.slice(at, at + kAtOnce)) query.append("metric", metric);
    const answer = await get<Answer>(`metrics?${query}`, signal);
    all.times = answer.times;
    for (const { metric, values } of answer.series) all.values[metric] = values;
  }
  return all;
}

// The periods up to now, the newest of which isn't over.
export function series(
  metrics: readonly string[],
  { seconds, period }: { seconds: number; period: number },
  signal?: AbortSignal,
): Promise<Series> {
  const to = Math.ceil(Date.now() / 1000 / period) * period;
  return ask(metrics, to - seconds, to, period, signal);
}

// From the first time on at which anything was measured: of a young system, the time before it was
// there is nothing to look at.
export function sinceBegun(all: Series): Series {
  const rows = Object.values(all.values);
  const found = all.times.findIndex((_, at) => rows.some((row) => row[at] !== null));
  const first = found < 0 ? Math.max(0, all.times.length - 2) : found;
  const values = Object.entries(all.values).map(([metric, row]) => [metric, row.slice(first)]);
  return { ...all, times: all.times.slice(first), values: Object.fromEntries(values) };
}

// What was counted in each period, as so much in a time of `seconds`.
export function paced(all: Series, metric: string, seconds: number): (number | null)[] {
  const last = all.times.length - 1;
  return (all.values[metric] ?? all.times.map(() => null)).map((value, at) =>
    value === null ? null : (value * seconds) / (at === last ? all.ran : all.period),
  );
}

const kHour = 3_600; // seconds

// One value for all of this hour or, as long as there is none, the one before.
export function hourly(metrics: readonly string[], signal?: AbortSignal): Promise<Series> {
  const to = Math.ceil(Date.now() / 1000 / kHour) * kHour;
  return ask(metrics, to - 2 * kHour, to, kHour, signal);
}

export const sum = (values: readonly (number | null)[] | undefined): number =>
  (values ?? []).reduce<number>((total, value) => total + (value ?? 0), 0);

export const lastOf = (values: readonly (number | null)[] | undefined): number | undefined =>
  values?.findLast((value) => value !== null) ?? undefined;
