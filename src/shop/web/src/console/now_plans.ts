// What the charts of the view Now show, and how it is read off what is stored and what is live.
import type { ConsoleWords } from "../words/console_en";
import * as form from "./form";
import type { Live } from "./live";
import {
  kCpu,
  kDatabaseSize,
  kDeclined,
  kMemory,
  kRevenue,
  kSucceeded,
  kWritten,
  oldestIn,
  sentTo,
  waitingIn,
  workflow,
} from "./metric_names";
import { paced, withStatistic, type Series } from "./metrics";
import type { System } from "./system";
import { kNotified } from "./verdict";

type Show = (value: number, locale: string) => string;

interface Line {
  label: string;
  metric: string; // without its statistic
  statistic: "Sum" | "Average" | "Maximum" | "p99";
  per?: number; // seconds that a counter is shown for
  less?: string; // a metric that is part of this one, and isn't meant
  tone?: "declined";
}

export interface Plan {
  title: string;
  lines: Line[];
  show: Show;
  axis?: Show;
  lead?: boolean; // what is looked at first
}

const perMinute = (label: string, metric: string): Line => ({
  label,
  metric,
  statistic: "Sum",
  per: 60,
});
const gauge = (label: string, metric: string): Line => ({ label, metric, statistic: "Maximum" });

export const seconds: Show = (value, locale) => form.duration(value * 1000, locale);
const percent: Show = (value, locale) => form.percent(value / 100, locale);
const bytesPerSecond: Show = (value, locale) => `${form.bytes(value, locale)}/s`;

export function plansOf(system: System, words: ConsoleWords): Plan[] {
  const { now } = words;
  const declined: Line = { ...perMinute(now.declined, kDeclined), tone: "declined" };
  const queues = system.queues;
  return [
    {
      title: now.ordersPerMinute,
      lines: [perMinute(now.orders, sentTo(queues[0]?.name ?? ""))],
      show: form.rate,
      axis: form.compact,
      lead: true,
    },
    {
      title: now.paymentsPerMinute,
      lines: [perMinute(now.paid, kSucceeded), declined],
      show: form.rate,
      axis: form.compact,
    },
    {
      title: now.processingTime,
      lines: [
        { label: now.mean, metric: workflow(system, "ExecutionTime"), statistic: "Average" },
        { label: "p99", metric: workflow(system, "ExecutionTime"), statistic: "p99" },
      ],
      show: form.duration,
      lead: true,
    },
    {
      title: now.executionsPerMinute,
      lines: [
        perMinute(words.status.SUCCEEDED, workflow(system, "ExecutionsSucceeded")),
        { ...perMinute(words.status.FAILED, workflow(system, "ExecutionsFailed")), less: kDeclined },
        declined,
      ],
      show: form.rate,
      axis: form.compact,
    },
    {
      title: now.waiting,
      lines: queues.map(({ name }) => gauge(name, waitingIn(name))),
      show: form.count,
      axis: form.compact,
      lead: true,
    },
    {
      title: now.oldest,
      lines: queues.map(({ name }) => gauge(name, oldestIn(name))),
      show: seconds,
    },
    {
      title: now.revenuePerMinute,
      lines: [perMinute(now.revenue, kRevenue)],
      show: form.cash,
      axis: form.compactCash,
    },
    {
      title: now.deadLetters,
      lines: queues.map((queue) => gauge(queue.name, waitingIn(queue.dead_letter_name))),
      show: form.count,
      axis: form.compact,
    },
    {
      title: now.cpu,
      lines: [{ label: now.cpu, metric: kCpu, statistic: "Average" }],
      show: percent,
    },
    {
      title: now.memory,
      lines: [gauge(now.memory, kMemory)],
      show: form.bytes,
    },
    {
      title: now.database,
      lines: [gauge(now.database, kDatabaseSize)],
      show: form.bytes,
    },
    {
      title: now.written,
      lines: [
        { label: now.written, metric: kWritten, statistic: "Sum", per: 1 },
      ],
      show: bytesPerSecond,
    },
  ];
}

export const idOf = ({ metric, statistic }: Line): string => withStatistic(metric, statistic);

const kMoment = 60; // seconds that the newest point stands for, as the figures' minute

// What is stored, and behind it the moment that isn't yet.
export function drawn(plan: Plan, stored: Series | undefined, live: Live) {
  const times = [...(stored?.times ?? [])];
  const now = Math.round((live.latest?.at ?? Date.now()) / 1000);
  if (live.latest) times.push(now);
  const lines = plan.lines.map((line) => {
    const values = stored ? storedOf(line, stored) : [];
    if (live.latest) values.push(nowOf(line, live));
    return { label: line.label, values, ...(line.tone && { tone: line.tone }) };
  });
  return { times, lines };
}

function storedOf(line: Line, stored: Series): (number | null)[] {
  const { per, less } = line;
  if (per === undefined) return [...(stored.values[idOf(line)] ?? stored.times.map(() => null))];
  const isnt = less === undefined ? [] : paced(stored, withStatistic(less, "Sum"), per);
  return paced(stored, idOf(line), per).map((value, at) =>
    value === null ? null : Math.max(0, value - (isnt[at] ?? 0)),
  );
}

function nowOf({ metric, statistic, per, less }: Line, live: Live): number | null {
  if (per !== undefined) {
    const grown = live.growth(metric, kMoment).by;
    const isnt = less === undefined ? 0 : live.growth(less, kMoment + kNotified).by;
    return Math.max(0, grown - isnt) * (per / kMoment);
  }
  if (live.value(`${metric}.count`) === undefined) return live.value(metric) ?? null;
  const done = live.growth(`${metric}.count`, kMoment).by;
  return statistic === "Average" && done > 0
    ? live.growth(`${metric}.sum`, kMoment).by / done
    : null;
}
