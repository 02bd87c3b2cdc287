// Text that others wrote, JSON laid out if it is JSON. Always text, never markup.
import { useMemo } from "preact/hooks";

const kColoured = 100_000; // characters; what is longer is shown plainly

const kDeepest = 50; // levels that are indented

const kPieces = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

// With lines and spaces between the pieces, each of which stays as it was written: a number may have
// more digits than fit into one of ours, and a name may come twice.
function indented(json: string): string {
  const lineAt = (depth: number) => `\n${"  ".repeat(Math.min(depth, kDeepest))}`;
  const parts: string[] = [];
  let depth = 0;
  let before = "";
  for (const [piece] of json.matchAll(kPieces)) {
    const opened = before === "{" || before === "[";
    if (piece === "}" || piece === "]") {
      depth--;
      if (!opened) parts.push(lineAt(depth));
    } else if (opened || before === ",") {
      parts.push(lineAt(depth));
    }
    parts.push(piece === ":" ? ": " : piece);
    if (piece === "{" || piece === "[") depth++;
    before = piece;
  }
  return parts.join("");
}

function laidOut(text: string): { text: string; json: boolean } {
  try {
    JSON.parse(text);
    return { text: indented(text), json: true };
  } catch {
    return { text, json: false };
  }
}

// A name with its colon, a string, or a number or word.
const kTokens = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;

function coloured(text: string) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(kTokens)) {
    parts.push(text.slice(end, match.index));
    const [all, string, colon] = match;
    const kind = colon ? "name" : string ? "string" : "value";
    parts.push(<span class={`json-${kind}`}>{string ?? all}</span>, colon);
    end = match.index + all.length;
  }
  return [...parts, text.slice(end)];
}

export function Json({ text, label }: { text: string; label: string }) {
  const shown = useMemo(() => {
    const { text: whole, json } = laidOut(text);
    return json && whole.length <= kColoured ? coloured(whole) : whole;
  }, [text]);
  return (
    <pre class="code" role="group" aria-label={label} tabIndex={0}>
      <code>{shown}</code>
    </pre>
  );
}

// What an SNS topic has put into an envelope, if it has: its message, as text.
export function messageWithin(body: string): string | undefined {
  try {
    const { Type, Message } = JSON.parse(body) as { Type?: unknown; Message?: unknown };
    return Type === "Notification" && typeof Message === "string" ? Message : undefined;
  } catch {
    return undefined;
  }
}
