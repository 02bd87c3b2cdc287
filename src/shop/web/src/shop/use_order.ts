// An order that is watched while its page can be seen: looked up, then told of by server-sent events,
// and looked up again whenever these break off.
import { useEffect, useState } from "preact/hooks";
import { lookUp, orderPath, withEvent, type Order, type OrderEvent } from "./order";

export type Watch =
  | { kind: "loading" }
  | { kind: "unknown" }
  | { kind: "unreachable" }
  | { kind: "found"; order: Order; live: boolean };

const kRetryFirst = 1_000; // ms
const kRetryMax = 15_000;

class Watcher {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pause = kRetryFirst;
  private order: Order | undefined;
  private stopped = false;

  constructor(
    private readonly id: string,
    private readonly tell: (watch: Watch) => void,
  ) {
    document.addEventListener("visibilitychange", this.turn);
  }

  async start(): Promise<void> {
    const found = await lookUp(this.id);
    if (this.stopped) return;
    if (found.kind === "found") {
      this.order = found.order;
      this.show(!found.order.final);
      if (!found.order.final) this.listen();
      return;
    }
    if (this.order) this.show(false);
    else this.tell(found);
    if (this.order || found.kind === "unreachable") this.startAgain();
  }

  stop(): void {
    this.stopped = true;
    document.removeEventListener("visibilitychange", this.turn);
    this.rest();
  }

  // A page that nobody sees holds no connection: a browser has six for a server, whatever the tabs.
  private readonly turn = () => {
    this.rest();
    if (!document.hidden && !this.order?.final) void this.start();
  };

  private rest(): void {
    this.source?.close();
    clearTimeout(this.timer);
  }

  private show(live: boolean): void {
    if (this.order) this.tell({ kind: "found", order: this.order, live });
  }

  private startAgain(): void {
    if (document.hidden) return;
    this.timer = setTimeout(() => void this.start(), this.pause);
    this.pause = Math.min(this.pause * 2, kRetryMax);
  }

  private listen(): void {
    if (document.hidden) return;
    this.source?.close();
    const source = new EventSource(`${orderPath(this.id)}/events`);
    this.source = source;
    source.onopen = () => {
      this.pause = kRetryFirst;
      this.show(true);
    };
    source.onmessage = (message: MessageEvent<string>) => {
      if (this.order) this.order = withEvent(this.order, JSON.parse(message.data) as OrderEvent);
      this.show(true);
    };
    source.addEventListener("end", () => {
      source.close();
      if (this.order) this.order = { ...this.order, final: true };
      this.show(false);
    });
    // The browser connects again by itself unless the server refused.
    source.onerror = () => {
      this.show(false);
      if (source.readyState === EventSource.CLOSED) this.startAgain();
    };
  }
}

// `round` is counted up to look again.
export function useOrder(id: string, round: number): Watch {
  const [watch, setWatch] = useState<Watch>({ kind: "loading" });
  useEffect(() => {
    setWatch({ kind: "loading" });
    const watcher = new Watcher(id, setWatch);
    void watcher.start();
    return () => watcher.stop();
  }, [id, round]);
  return watch;
}
