// What can't be taken back is held for a few seconds, in which it can be: the focus is on its undoing
// at once, Ctrl+Z does it as well, and the time stands still for whoever points or goes there. Whoever
// leaves the console meanwhile has taken it back.
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

  const undo = ({ id, held }: Toast) => {
    change(id, null);
    held?.undone?.();
  };
  const newest = toasts.findLast(({ held }) => held !== undefined);
  useEffect(() => {
    if (!newest) return undefined;
    const pressed = (event: KeyboardEvent) => {
      if (!isUndo(event)) return;
      event.preventDefault();
      undo(newest);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [newest?.id]);

  const carryOut = ({ id, held }: Toast) => {
    change(id, null);
    held?.act().then(tell, (error: unknown) => {
      const away = error instanceof Refusal && error.status === 0;
      tell(away ? words.trouble.away : (error as Error).message, true);
    });
  };

  return (
    <Context.Provider value={useRef({ hold, tell }).current}>
      <div class="toasts" role="status">
        {toasts.map((toast) => (
          <div key={toast.id} class={`toast ${toast.kind}`}>
            <Glyph name={toast.kind === "done" ? "check" : toast.kind === "held" ? "clock" : "alert"} />
            <span>{toast.text}</span>
            {toast.held && (
              <Countdown
                from={toast.seconds}
                onEnd={() => carryOut(toast)}
                onUndo={() => undo(toast)}
              />
            )}
          </div>
        ))}
      </div>
      {children}
    </Context.Provider>
  );
}

interface CountdownProps {
  from: number;
  onEnd: () => void;
  onUndo: () => void;
}

// Where something is written, the key takes back what was written.
const isUndo = ({ key, ctrlKey, metaKey, shiftKey, target }: KeyboardEvent): boolean =>
  key.toLowerCase() === "z" &&
  (ctrlKey || metaKey) &&
  !shiftKey &&
  !(target instanceof Element && target.matches("input:not([type=checkbox]), textarea"));

// Takes the focus, and gives it back where it was, or to the view's heading.
function useFocusHere() {
  const button = useRef<HTMLButtonElement>(null);
  const ours = useRef(false); // it is we who move the focus
  useEffect(() => {
    const here = button.current;
    const before = document.activeElement;
    ours.current = true;
    here?.focus({ preventScroll: true });
    ours.current = false;
    return () => {
      if (document.activeElement !== here && document.activeElement !== document.body) return;
      const heading = document.querySelector("main h1");
      const back = before?.isConnected && before !== document.body ? before : heading;
      if (back instanceof HTMLElement) back.focus({ preventScroll: true });
    };
  }, []);
  return { button, ours };
}

function Countdown({ from, onEnd, onUndo }: CountdownProps) {
  const { words, locale } = useWords();
  const [left, setLeft] = useState(from);
  const [pointed, setPointed] = useState(false);
  const [visited, setVisited] = useState(false);
  const { button, ours } = useFocusHere();
  const still = pointed || visited;
  useEffect(() => {
    if (still) return undefined;
    const timer = setTimeout(() => (left > 1 ? setLeft(left - 1) : onEnd()), 1000);
    return () => clearTimeout(timer);
  }, [left, still]);
  return (
    <button
      ref={button}
      type="button"
      class="undo"
      onClick={onUndo}
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setVisited(!ours.current)}
      onBlur={() => setVisited(false)}
    >
      {words.undo} <span aria-hidden="true">{count(left, locale)}</span>
    </button>
  );
}
