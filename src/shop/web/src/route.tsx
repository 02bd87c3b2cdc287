// Where in the shop the reader is. The address is the only state that outlives a page.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

const kMoved = "moved";

export function go(path: string): void {
  history.pushState(null, "", path);
  dispatchEvent(new Event(kMoved));
  scrollTo(0, 0);
}

// A segment of a path as it was meant.
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // what no link of ours has made
  }
}

export function usePath(): string {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const moved = () => setPath(location.pathname);
    addEventListener(kMoved, moved);
    addEventListener("popstate", moved);
    return () => {
      removeEventListener(kMoved, moved);
      removeEventListener("popstate", moved);
    };
  }, []);
  return path;
}

interface LinkProps {
  to: string;
  class?: string;
  label?: string;
  current?: boolean; // it leads to where the reader is
  children: ComponentChildren;
}

export function Link({ to, label, current, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} aria-label={label} aria-current={current ? "page" : undefined} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
