// Sends an order. Sent again, the same order with the same key is the same order.
import { amountOf, kFields, type Draft, type Field, type Limits } from "./rules";

export type Outcome =
  | { kind: "taken"; orderId: string }
  | { kind: "refused"; error: string; fields: Partial<Record<Field, string>>; limits: Limits }
  | { kind: "busy"; retryAfter: number } // seconds
  | { kind: "failed" }
  | { kind: "broken" };

interface Answer {
  success?: boolean;
  orderId?: string;
  error?: string;
  fields?: Record<string, string>;
  limits?: Limits;
}

const kRetryAfterDefault = 5; // seconds
const kTimeLimit = 30_000; // ms

export function bodyOf(draft: Draft, locale: string): string {
  const email = draft.email.trim();
  return JSON.stringify({
    customerName: draft.customerName.trim(),
    product: draft.product.trim(),
    amount: amountOf(draft, locale),
    ...(email && { email }),
  });
}

function refusal(answer: Answer): Outcome {
  const fields: Partial<Record<Field, string>> = {};
  for (const field of kFields) {
    const text = answer.fields?.[field];
    if (text !== undefined) fields[field] = text;
  }
  return { kind: "refused", error: answer.error ?? "", fields, limits: answer.limits ?? {} };
}

async function outcomeOf(response: Response): Promise<Outcome> {
  if (response.status === 429 || response.status === 503) {
    const seconds = Number(response.headers.get("Retry-After"));
    return { kind: "busy", retryAfter: seconds > 0 ? seconds : kRetryAfterDefault };
  }
  if (response.status >= 500) return { kind: "failed" };
  const answer = (await response.json()) as Answer;
  if (response.ok && answer.orderId) return { kind: "taken", orderId: answer.orderId };
  return refusal(answer);
}

export async function submit(body: string, key: string): Promise<Outcome> {
  try {
    const response = await fetch("/submit-order", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body,
      signal: AbortSignal.timeout(kTimeLimit),
    });
    return await outcomeOf(response);
  } catch {
    return { kind: "broken" };
  }
}

// 128 random bits. crypto.randomUUID() is only there where the page came over TLS or from this machine.
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
