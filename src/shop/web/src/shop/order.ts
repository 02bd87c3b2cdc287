// Orders as the shop's server tells of them; /openapi.json describes the same.

// In the order in which they come; the last three end it early.
const kWay = ["accepted", "validated", "paid", "invoiced", "shipped", "recorded"] as const;
export const kEnds = ["invalid", "declined", "failed"] as const;
export type State = (typeof kWay)[number] | (typeof kEnds)[number];

// Whether it ends an order before it was shipped.
export const isEnd = (state: State): boolean => (kEnds as readonly State[]).includes(state);

export interface OrderEvent {
  state: State;
  at: string; // ISO 8601
  reason?: string; // English
  code?: string; // the reason as a word, where it is one that is known
}

export interface Order {
  orderId: string;
  customerName?: string;
  product?: string;
  amount?: number;
  final: boolean;
  events: OrderEvent[];
}

export type Lookup = { kind: "found"; order: Order } | { kind: "unknown" } | { kind: "unreachable" };

export const orderPath = (id: string): string => `/orders/${encodeURIComponent(id)}`;

export async function lookUp(id: string): Promise<Lookup> {
  try {
    const response = await fetch(orderPath(id), {
      headers: { Accept: "application/json" },
      cache: "no-store",
    });
    if (response.status === 404) return { kind: "unknown" };
    if (!response.ok) return { kind: "unreachable" };
    return { kind: "found", order: (await response.json()) as Order };
  } catch {
    return { kind: "unreachable" };
  }
}

// The order with what has happened to it; an event that is known already changes nothing.
export function withEvent(order: Order, event: OrderEvent): Order {
  if (order.events.some((known) => known.state === event.state)) return order;
  return { ...order, events: [...order.events, event] };
}

// What its customer is told of. The books are ours, and may be quicker than the parcel.
export type News = Exclude<State, "recorded">;
export const kSteps = kWay.filter((state) => state !== "recorded");

// What its customer wants to hear of first: how it ended, or how far it has come.
export function newsOf(order: Order): News {
  const reached = (state: State) => order.events.some((event) => event.state === state);
  return kEnds.find(reached) ?? kSteps.findLast(reached) ?? "accepted";
}
