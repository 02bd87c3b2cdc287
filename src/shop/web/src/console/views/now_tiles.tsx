// The last hour and this moment in figures.
import * as form from "../form";
import type { Live } from "../live";
import {
  kCpu,
  kDeclined,
  kRevenue,
  kSucceeded,
  oldestIn,
  sentTo,
  waitingIn,
  workflow,
} from "../metric_names";
import { hourly, kRanges, lastOf, series, sum, withStatistic, type Series } from "../metrics";
import { seconds } from "../now_plans";
import { Tile } from "../parts/pieces";
import type { System } from "../system";
import { useLoaded } from "../use_loaded";
import { pathOf } from "../views";
import { useWords } from "../words";

const kRefresh = 30_000; // ms: what is stored changes once a minute
const kOld = 60; // seconds that a message waits until it is marked
const kPulse = withStatistic(kCpu, "Average"); // there is one for every minute

const ordersIn = (system: System): string => sentTo(system.queues[0]?.name ?? "");

// The last hour's, of which the last moments are live.
function useHour(system: System) {
  const counted = [ordersIn(system), kSucceeded, kDeclined, kRevenue];
  const asked = [...counted.map((metric) => withStatistic(metric, "Sum")), kPulse];
  const time = workflow(system, "ExecutionTime");
  const timed = [withStatistic(time, "Average"), withStatistic(time, "p99")] as const;
  const hour = useLoaded((signal) => series(asked, kRanges.hour, signal), [], kRefresh);
  const times = useLoaded((signal) => hourly(timed, signal), [], kRefresh);
  const [mean, p99] = timed.map((metric) => lastOf(times.value?.values[metric]));
  return { hour: hour.value, mean, p99 };
}

export function Tiles({ system, live }: { system: System; live: Live }) {
  const { words, locale } = useWords();
  const { now } = words;
  const { hour, mean, p99 } = useHour(system);
  const orders = ordersIn(system);
  const inHour = (metric: string) => inLastHour(hour, live, metric);
  const [paid, declined] = [inHour(kSucceeded), inHour(kDeclined)];
  const waiting = total(live, system.queues.map(({ name }) => waitingIn(name)));
  const letters = total(live, system.queues.map((queue) => waitingIn(queue.dead_letter_name)));
  const oldest = Math.max(0, ...system.queues.map(({ name }) => live.value(oldestIn(name)) ?? 0));
  const time = mean ?? meanSinceStart(live, workflow(system, "ExecutionTime"));
  return (
    <dl class="tiles">
      <Tile label={now.ordersPerMinute} value={form.count(live.growth(orders, 60).by, locale)} />
      <Tile label={now.ordersPerHour} value={form.count(inHour(orders), locale)} />
      <Tile
        label={now.paymentSuccess}
        value={paid + declined > 0 ? form.percent(paid / (paid + declined), locale) : "–"}
        note={now.declinedOf(declined, form.count(declined, locale), form.count(paid + declined, locale))}
      />
      <Tile label={now.revenueHour} value={form.wholeCash(inHour(kRevenue), locale)} />
      <Tile
        label={now.processingTime}
        value={time === undefined ? "–" : form.duration(time, locale)}
        note={p99 === undefined ? now.mean : now.meanAnd(form.duration(p99, locale))}
      />
      <Tile label={now.waiting} value={form.count(waiting, locale)} to={pathOf("queues")} />
      <Tile
        label={now.oldest}
        value={waiting > 0 ? seconds(oldest, locale) : "–"}
        {...(oldest > kOld && { tone: "wait" as const })}
      />
      <Tile
        label={now.deadLetters}
        value={form.count(letters, locale)}
        to={pathOf("deadLetters")}
        {...(letters > 0 && { tone: "bad" as const })}
      />
    </dl>
  );
}

const total = (live: Live, metrics: string[]): number =>
  metrics.reduce((sum, metric) => sum + (live.value(metric) ?? 0), 0);

function meanSinceStart(live: Live, metric: string): number | undefined {
  const done = live.value(`${metric}.count`) ?? 0;
  return done > 0 ? (live.value(`${metric}.sum`) ?? 0) / done : undefined;
}

// The pulse of every minute that was written down: when that began, and how far it has come.
function written(hour: Series | undefined): { first: number; end: number } | undefined {
  const pulse = hour?.values[kPulse] ?? [];
  const first = pulse.findIndex((value) => value !== null);
  if (!hour || first < 0) return undefined;
  const last = pulse.findLastIndex((value) => value !== null);
  return { first, end: (hour.times[last] ?? 0) + hour.period };
}

// What is written down, and what the samples have seen since; of a program that was started within
// the hour, all that it has counted if that is more.
function inLastHour(hour: Series | undefined, live: Live, metric: string): number {
  const known = written(hour);
  const counted = live.value(metric) ?? 0;
  if (!known) return counted;
  const age = (live.latest?.at ?? 0) / 1000 - known.end;
  const since = age > 0 ? live.growth(metric, age).by : 0;
  const found = sum(hour?.values[withStatistic(metric, "Sum")]) + since;
  return known.first > 1 ? Math.max(found, counted) : found;
}
