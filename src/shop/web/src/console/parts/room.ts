// Whether there is room for two things side by side, as the style sheet sees it.
import { useEffect, useState } from "preact/hooks";

const kRoomForTwo = "(min-width: 64rem)";

export function useRoom(): boolean {
  const [room, setRoom] = useState(() => matchMedia(kRoomForTwo).matches);
  useEffect(() => {
    const query = matchMedia(kRoomForTwo);
    const change = () => setRoom(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, []);
  return room;
}
