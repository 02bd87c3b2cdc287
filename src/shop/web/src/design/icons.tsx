// Pictures that say nothing which the words beside them don't.

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path class="mark-leaf" d="M4 22V2h10v20z" />
      <path class="mark-edge" d="M14 2l6 3v14l-6 3z" />
      <circle class="mark-knob" cx="11.2" cy="12" r="1.3" />
    </svg>
  );
}

const kPaths = {
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M7 7l10 10M17 7L7 17",
  alert: "M12 6.5v7M12 17.2v.3",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-.7.7M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l.7-.7",
};

export function Icon({ name }: { name: keyof typeof kPaths }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={kPaths[name]} />
    </svg>
  );
}
