// The order form's conversation with the server: one attempt at a time, tried again by itself when
// the server asked to wait or when the reader is back online.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { newKey, submit, type Outcome } from "./submit";

export type Submission =
  | { kind: "idle" }
  | { kind: "sending" }
  | { kind: "waiting"; seconds: number } // until it's tried again
  | { kind: "offline" }
  | Exclude<Outcome, { kind: "busy" }>;

interface Attempt {
  body: string;
  key: string;
}

export function useSubmission(): {
  submission: Submission;
  send: (body: string) => void;
  retry: () => void;
  forget: () => void;
} {
  const [submission, setSubmission] = useState<Submission>({ kind: "idle" });
  const attempt = useRef<Attempt | null>(null);
  const sending = useRef(false);

  const retry = useCallback(async () => {
    const current = attempt.current;
    if (!current || sending.current) return;
    sending.current = true;
    setSubmission({ kind: "sending" });
    const outcome = await submit(current.body, current.key);
    sending.current = false;
    if (outcome.kind === "busy") {
      setSubmission({ kind: "waiting", seconds: outcome.retryAfter });
    } else if (outcome.kind === "broken" && !navigator.onLine) {
      setSubmission({ kind: "offline" });
    } else {
      setSubmission(outcome);
    }
  }, []);

  // The key belongs to what is sent: an order that was changed is another one.
  const send = useCallback(
    (body: string) => {
      if (attempt.current?.body !== body) attempt.current = { body, key: newKey() };
      void retry();
    },
    [retry],
  );

  const forget = useCallback(() => {
    if (!sending.current) setSubmission({ kind: "idle" });
  }, []);

  useEffect(() => {
    if (submission.kind !== "waiting") return undefined;
    const timer = setTimeout(() => {
      if (submission.seconds <= 1) void retry();
      else setSubmission({ kind: "waiting", seconds: submission.seconds - 1 });
    }, 1000);
    return () => clearTimeout(timer);
  }, [submission, retry]);

  useEffect(() => {
    if (submission.kind !== "offline") return undefined;
    addEventListener("online", retry);
    return () => removeEventListener("online", retry);
  }, [submission, retry]);

  return { submission, send, retry: () => void retry(), forget };
}
