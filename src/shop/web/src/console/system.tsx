// The system that the console is of: what it consists of, and where that is.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { get } from "./api";

export type Role = "orders" | "shipping" | "analytics";

// What the console uses of it; docs/console.md has the rest.
export interface SystemQueue {
  role: Role;
  name: string;
  dead_letter_name: string;
}

export interface System {
  region: string;
  account: string;
  version: string;
  set_up: boolean;
  bucket: string;
  topic_arn: string;
  notifications_arn: string;
  state_machine_arn: string;
  queues: SystemQueue[];
  load: { orders_max: number; rate_max: number };
}

// Of a system that isn't set up, the server tells no more than where it is.
const kNothing = {
  bucket: "",
  topic_arn: "",
  notifications_arn: "",
  state_machine_arn: "",
  queues: [],
};

export const loadSystem = async (signal: AbortSignal): Promise<System> => ({
  ...kNothing,
  ...(await get<System>("system", signal)),
});

const Context = createContext<System | null>(null);
export const SystemProvider = Context.Provider;

export function useSystem(): System {
  const system = useContext(Context);
  if (!system) throw new Error("outside of <SystemProvider>");
  return system;
}

// "OrderProcessingWorkflow" of an ARN, which ends in it.
export const nameIn = (arn: string): string => arn.split(":").at(-1) ?? arn;

export const queueOf = (system: System, role: Role): SystemQueue | undefined =>
  system.queues.find((queue) => queue.role === role);
