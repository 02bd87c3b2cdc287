// How a queue fares, by what the last half minute has shown.
import type { Live } from "./live";
import { inFlightFrom, oldestIn, receivedFrom, sentTo, waitingIn } from "./metric_names";
import type { SystemQueue } from "./system";

export type Health = "flows" | "idle" | "fills" | "stopped";

const kWindow = 30; // seconds
const kBegun = 8; // seconds after its start, from which a program can be said to take none
const kPatience = 15; // seconds that a message may wait while nobody takes any
const kOld = 60; // seconds
const kGrowthMin = 50; // messages

export interface QueueFigures {
  visible: number;
  inFlight: number;
  oldest: number; // seconds
  sentRate: number;
  receivedRate: number;
  deadLetters: number;
  health: Health;
}

export function figuresOf(live: Live, queue: SystemQueue): QueueFigures {
  const { name } = queue;
  const figures = {
    visible: live.value(waitingIn(name)) ?? 0,
    inFlight: live.value(inFlightFrom(name)) ?? 0,
    oldest: live.value(oldestIn(name)) ?? 0,
    sentRate: live.rate(sentTo(name)),
    receivedRate: live.rate(receivedFrom(name)),
    deadLetters: live.value(waitingIn(queue.dead_letter_name)) ?? 0,
  };
  return { ...figures, health: healthOf(live, queue.name, figures) };
}

function healthOf(
  live: Live,
  name: string,
  { visible, oldest, sentRate, receivedRate }: Omit<QueueFigures, "health">,
): Health {
  const received = live.growth(receivedFrom(name), kWindow);
  const none = received.by === 0 && received.seconds >= kBegun;
  if (visible > 0 && none && oldest > kPatience) return "stopped";
  if (visible > 0 && (oldest > kOld || grows(live, name, visible))) return "fills";
  return visible > 0 || sentRate > 0 || receivedRate > 0 ? "flows" : "idle";
}

function grows(live: Live, name: string, visible: number): boolean {
  const growth = visible - (live.since(kWindow)?.metrics[waitingIn(name)] ?? visible);
  return growth > kGrowthMin && growth > visible / 4;
}
