// What can't be taken back is held for a few seconds, in which it can be. Whoever leaves the console
// meanwhile has taken it back.
import { createContext, type ComponentChildren } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";
import { Refusal } from "../api";
import { count } from "../form";
import { useWords } from "../words";
import { Glyph } from "./glyph";

const kHeld = 5; // seconds
const kShown = 6_000; // ms that what came of it is shown

export interface Held {
  doing: string; // "Deleting 3 messages"
  act: () => Promise<string>; // what came of it
  undone?: () => void;
}

interface Toast {
  id: number;
  text: string;
  kind: "held" | "done" | "failed";
  seconds: number; // that are left to undo it
  held?: Held;
}

interface Toasts {
  hold: (held: Held) => void;
  tell: (text: string, failed?: boolean) => void;
}

const Context = createContext<Toasts | null>(null);

export function useToasts(): Toasts {
  const toasts = useContext(Context);
  if (!toasts) throw new Error("outside of <ToastProvider>");
  return toasts;
}

export function ToastProvider({ children }: { children: ComponentChildren }) {
  const { words } = useWords();
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(0);

  const change = (id: number, changed: Partial<Toast> | null) =>
    setToasts((all) =>
      all.flatMap((each) => (each.id !== id ? [each] : changed ? [{ ...each, ...changed }] : [])),
    );

  const tell = useCallback((text: string, failed = false) => {
    const id = next.current++;
    setToasts((all) => [...all, { id, text, kind: failed ? "failed" : "done", seconds: 0 }]);
    setTimeout(() => change(id, null), kShown);
  }, []);

  const hold = useCallback((held: Held) => {
    const id = next.current++;
    setToasts((all) => [...all, { id, text: held.doing, kind: "held", seconds: kHeld, held }]);
  }, []);

  const carryOut = ({ id, held }: Toast) => {
    change(id, null);
    held?.act().then(tell, (error: unknown) => {
      const away = error instanceof Refusal && error.status === 0;
      tell(away ? words.trouble.away : (error as Error).message, true);
    });
  };

  return (
    <Context.Provider value={useRef({ hold, tell }).current}>
      {children}
      <div class="toasts" role="status">
        {toasts.map((toast) => (
          <div key={toast.id} class={`toast ${toast.kind}`}>
            <Glyph name={toast.kind === "done" ? "check" : toast.kind === "held" ? "clock" : "alert"} />
            <span>{toast.text}</span>
            {toast.held && (
              <Countdown
                from={toast.seconds}
                onEnd={() => carryOut(toast)}
                onUndo={() => {
                  change(toast.id, null);
                  toast.held?.undone?.();
                }}
              />
            )}
          </div>
        ))}
      </div>
    </Context.Provider>
  );
}

interface CountdownProps {
  from: number;
  onEnd: () => void;
  onUndo: () => void;
}

function Countdown({ from, onEnd, onUndo }: CountdownProps) {
  const { words, locale } = useWords();
  const [left, setLeft] = useState(from);
  useEffect(() => {
    const timer = setTimeout(() => (left > 1 ? setLeft(left - 1) : onEnd()), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return (
    <button type="button" class="undo" onClick={onUndo}>
      {words.undo} <span aria-hidden="true">{count(left, locale)}</span>
    </button>
  );
}
