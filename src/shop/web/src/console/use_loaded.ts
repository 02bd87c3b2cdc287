// What a view shows that has to be asked for first.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface Loaded<T> {
  value?: T; // kept while it is asked for again, so that nothing flickers
  error?: unknown; // of the last time
  loading: boolean;
  reload: () => void;
}

// Asks whenever `what` changes and, where `every` is given, again and again in that many ms while
// the page can be seen.
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  what: readonly unknown[],
  every?: number,
): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, "reload">>({ loading: true });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    const leaving = new AbortController();
    setState((known) => ({ ...known, loading: true }));
    latest.current(leaving.signal).then(
      (value) => !leaving.signal.aborted && setState({ value, loading: false }),
      (error: unknown) =>
        !leaving.signal.aborted && setState((known) => ({ ...known, error, loading: false })),
    );
    return () => leaving.abort();
  }, [...what, round]);

  const reload = useCallback(() => setRound((count) => count + 1), []);
  useEffect(() => {
    if (every === undefined) return undefined;
    const timer = setInterval(() => !document.hidden && reload(), every);
    return () => clearInterval(timer);
  }, [every, reload]);

  return { ...state, reload };
}
