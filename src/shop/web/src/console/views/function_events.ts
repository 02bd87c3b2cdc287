// Events to call the system's own functions with by hand: examples that work as they stand, and the
// last that one of them was really given.
import { history, listExecutions, type HistoryEvent } from "../aws/states";
import { queueOf, type System } from "../system";

const kLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // as of the shop's order numbers
const kDigits = 8;

// A payment and an execution go by the order's id: one that was used before would show what came of it.
export function newTestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(kDigits));
  return `TEST-${Array.from(bytes, (byte) => kLetters[byte % kLetters.length]).join("")}`;
}

function sqsEvent(body: object, system: System): object {
  const { region, account } = system;
  const queue = queueOf(system, "orders")?.name ?? "";
  return {
    Records: [
      {
        messageId: crypto.randomUUID(),
        receiptHandle: "test",
        body: JSON.stringify(body),
        attributes: { SentTimestamp: String(Date.now()), ApproximateReceiveCount: "1" },
        messageAttributes: {},
        eventSource: "aws:sqs",
        eventSourceARN: `arn:aws:sqs:${region}:${account}:${queue}`,
        awsRegion: region,
      },
    ],
  };
}

const kExamples: Record<string, (orderId: string, system: System) => object> = {
  ValidateOrder: (orderId) => orderOf(orderId),
  ProcessPayment: (orderId) => ({ order: orderOf(orderId), attempt: 0 }),
  SendNotification: (orderId) => ({ outcome: "OrderCompleted", orderId, amount: 19.99 }),
  StartOrderWorkflow: (orderId, system) => sqsEvent(orderOf(orderId), system),
};

const orderOf = (orderId: string) => ({
  orderId,
  customerName: "Ada Lovelace",
  product: "Lantern, brass",
  amount: 19.99,
});

export const exampleFor = (name: string, system: System): string =>
  JSON.stringify(kExamples[name]?.(newTestId(), system) ?? {}, null, 2);

export const hasExample = (name: string): boolean => name in kExamples;

// What a call does that can't be taken back.
export const kDoes: Readonly<Record<string, "charges" | "mails" | "starts">> = {
  ProcessPayment: "charges",
  SendNotification: "mails",
  StartOrderWorkflow: "starts",
};

// Of those that are safe to call again with what they were given: it changes nothing.
const kRepeatable: readonly string[] = ["ValidateOrder", "ProcessPayment"];
export const isRepeatable = (name: string): boolean => kRepeatable.includes(name);

const kLookedAt = 10; // executions

function payloadFor(name: string, { type, taskScheduledEventDetails }: HistoryEvent) {
  if (type !== "TaskScheduled") return undefined;
  const { parameters = "" } = taskScheduledEventDetails as { parameters?: string };
  const { FunctionName, Payload } = JSON.parse(parameters) as Record<string, unknown>;
  const called = typeof FunctionName === "string" && FunctionName.split(":").includes(name);
  return called && Payload !== undefined ? JSON.stringify(Payload, null, 2) : undefined;
}

// Undefined if the newest executions haven't called it.
export async function lastEventFor(name: string, system: System): Promise<string | undefined> {
  const { state_machine_arn: stateMachineArn } = system;
  const { executions } = await listExecutions({ stateMachineArn, maxResults: kLookedAt });
  for (const { executionArn } of executions) {
    const { events } = await history(executionArn);
    const found = events.map((event) => payloadFor(name, event)).findLast((each) => each);
    if (found !== undefined) return found;
  }
  return undefined;
}
