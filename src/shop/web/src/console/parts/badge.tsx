// A state, by its colour, its picture and its words.
import { kPaymentDeclined, type Status } from "../aws/states";
import { useWords } from "../words";
import { Glyph, type GlyphName } from "./glyph";

export type Tone = "good" | "bad" | "wait" | "declined" | "plain";

export function Badge({ tone, icon, text }: { tone: Tone; icon: GlyphName; text: string }) {
  return (
    <span class={`badge ${tone}`}>
      <Glyph name={icon} />
      {text}
    </span>
  );
}

const kStatusLooks: Record<Status, { tone: Tone; icon: GlyphName }> = {
  RUNNING: { tone: "wait", icon: "running" },
  SUCCEEDED: { tone: "good", icon: "check" },
  FAILED: { tone: "bad", icon: "cross" },
  TIMED_OUT: { tone: "bad", icon: "clock" },
  ABORTED: { tone: "plain", icon: "stop" },
};

export function StatusBadge({ status, error }: { status: Status; error?: string | undefined }) {
  const { words } = useWords();
  if (status === "FAILED" && error === kPaymentDeclined) {
    return <Badge tone="declined" icon="card" text={words.outcome.declined} />;
  }
  return <Badge {...kStatusLooks[status]} text={words.status[status]} />;
}
