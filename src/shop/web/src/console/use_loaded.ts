// What a view shows that has to be asked for first.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface Loaded<T> {
  value?: T; // kept while it is asked for again, so that nothing flickers
  error?: unknown; // of the last time
  stale: boolean; // the value is an answer to another question than what is asked now
  reload: () => void; // asks again, once what is being asked has been answered
}

// Asks whenever `what` changes and, where `every` is given, again and again, so many ms after the
// last answer, while the page can be seen.
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  what: readonly unknown[],
  every?: number,
): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, "reload">>({ stale: false });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const askAgain = useRef(() => {});

  useEffect(() => {
    const leaving = new AbortController();
    let asking = false;
    let again = false;
    async function ask() {
      again = asking;
      if (asking) return;
      asking = true;
      try {
        const value = await latest.current(leaving.signal);
        if (!leaving.signal.aborted) setState({ value, stale: false });
      } catch (error) {
        if (leaving.signal.aborted) return;
        setState((known) => (known.stale ? { error, stale: false } : { ...known, error }));
      }
      asking = false;
      if (again && !leaving.signal.aborted) void ask();
    }
    askAgain.current = () => void ask();
    setState((known) => ({ ...known, stale: known.value !== undefined }));
    void ask();
    return () => leaving.abort();
  }, what);

  useEffect(() => {
    if (round > 0) askAgain.current();
  }, [round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);

  useEffect(() => {
    if (every === undefined) return undefined;
    const look = () => !document.hidden && reload();
    const timer = setTimeout(look, every);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [every, state, reload]);

  return { ...state, reload };
}
