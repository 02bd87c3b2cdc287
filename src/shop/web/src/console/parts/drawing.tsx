// What the console's drawings share: the picture of the system, and the graphs of state machines.

// About as many letters as there is room for in so many units.
export function fitted(text: string, width: number): string {
  const most = Math.floor(width / 7.7);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

// The tip of an arrow, for its marker-end.
export function Tip({ id, class: look = id }: { id: string; class?: string }) {
  return (
    <marker
      id={id}
      viewBox="0 0 8 8"
      refX="1"
      refY="4"
      markerWidth="8"
      markerHeight="8"
      markerUnits="userSpaceOnUse"
      orient="auto"
    >
      <path class={look} d="M0 0l8 4-8 4z" />
    </marker>
  );
}
