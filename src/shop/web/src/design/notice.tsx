// What went otherwise than the reader hoped: it waits, or it stops.
import type { ComponentChildren } from "preact";

interface NoticeProps {
  kind: "wait" | "stop";
  title: string;
  text?: ComponentChildren;
}

export function Notice({ kind, title, text }: NoticeProps) {
  return (
    <div class={`notice ${kind}`}>
      <strong>{title}</strong>
      {text && <p>{text}</p>}
    </div>
  );
}
