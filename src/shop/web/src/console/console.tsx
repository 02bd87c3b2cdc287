// What every view is set in: where the reader is, where else there is to go, and whether what is
// seen is live.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Mark } from "../design/icons";
import { Reload } from "../design/reload";
import { LanguageSwitch, useLanguage } from "../language";
import { Link, usePath } from "../route";
import { kSignedOut, send } from "./api";
import * as form from "./form";
import { useLive } from "./live";
import { Glyph } from "./parts/glyph";
import { Await, Empty, Loading, View } from "./parts/pieces";
import { SignIn } from "./sign_in";
import { loadSystem, SystemProvider, useSystem, type System } from "./system";
import { useLoaded } from "./use_loaded";
import { lettersOf } from "./verdict";
import { kViews, pathOf, useView, viewAt, type ViewName } from "./views";
import { useWords } from "./words";

// Only there is nobody asked for a token.
const kThisMachine = /^(localhost|127\.[\d.]+|\[::1\])$/;

// The token that stands behind the address as `up` prints it, where no server and no log sees it; and
// not for longer than it takes to read it.
function takeToken(): string | undefined {
  const token = /^#token=(\w+)$/.exec(location.hash)?.[1];
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

export function Console() {
  const [token, setToken] = useState(takeToken);
  const [entering, setEntering] = useState(token !== undefined);
  const [signedOut, setSignedOut] = useState(false);
  useEffect(() => {
    const leave = () => setSignedOut(true);
    // The link may be opened where the console is open: then only this part of the address changes.
    const came = () => {
      const found = takeToken();
      if (found) setToken(found);
    };
    addEventListener(kSignedOut, leave);
    addEventListener("hashchange", came);
    return () => {
      removeEventListener(kSignedOut, leave);
      removeEventListener("hashchange", came);
    };
  }, []);
  useEffect(() => {
    if (token === undefined) return;
    setEntering(true);
    void send("POST", "session", { token })
      .then(
        () => setSignedOut(false),
        () => setSignedOut(true),
      )
      .then(() => {
        setEntering(false);
        setToken(undefined);
      });
  }, [token]);
  const enter = useCallback(() => setSignedOut(false), []);
  if (entering) return null;
  return (
    <div class="console">{signedOut ? <SignedOut onEnter={enter} /> : <SignedIn />}</div>
  );
}

function SignedOut({ onEnter }: { onEnter: () => void }) {
  return (
    <>
      <header class="bar">
        <Brand />
        <LanguageSwitch />
      </header>
      <main id="content" class="narrow" tabIndex={-1}>
        <SignIn onEnter={onEnter} />
      </main>
    </>
  );
}

function Brand() {
  const { words } = useWords();
  return (
    <Link class="brand" to={pathOf("now")} label={`Doorbuster ${words.console}, ${words.home}`}>
      <Mark />
      <span>Doorbuster</span>{" "}
      <span class="brand-console">{words.console}</span>
    </Link>
  );
}

const kSetUpAgain = 2_000; // ms, until the system is set up

function SignedIn() {
  const { words } = useLanguage();
  const path = usePath();
  const { name, rest } = viewAt(path);
  const Loaded = useView(name);
  const [early, setEarly] = useState(false);
  const system = useLoaded(loadSystem, [], early ? kSetUpAgain : undefined);
  const isEarly = system.value?.set_up === false;
  if (isEarly !== early) setEarly(isEarly);
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  return (
    <>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <header class="bar">
        <Brand />
        <MenuButton open={open} onToggle={() => setOpen(!open)} onClose={() => setOpen(false)} />
        <Connection />
        <LanguageSwitch />
      </header>
      <div class="body">
        <Side current={name} open={open} system={system.value} />
        <main id="content" tabIndex={-1}>
          <Await loaded={system}>
            {(value) => (
              <SystemProvider value={value}>
                <Current name={name} rest={rest} Loaded={Loaded} />
              </SystemProvider>
            )}
          </Await>
        </main>
      </div>
    </>
  );
}

// What there is before the system is set up: AWS's own things.
const kAlways: readonly ViewName[] = ["buckets", "queues", "functions"];

interface CurrentProps {
  name: ViewName | undefined;
  rest: string[];
  Loaded: ReturnType<typeof useView>;
}

function Current({ name, rest, Loaded }: CurrentProps) {
  const { words } = useWords();
  const { set_up: setUp } = useSystem();
  if (name !== undefined && !setUp && !kAlways.includes(name)) {
    return (
      <View title={words.view[name]}>
        <Empty>
          {words.notSetUp} <code>doorbuster setup</code>
        </Empty>
      </View>
    );
  }
  if (name === undefined) {
    return (
      <View title={words.unknown}>
        <Empty>
          <Link to={pathOf("now")}>{words.view.now}</Link>
        </Empty>
      </View>
    );
  }
  if (Loaded === undefined) return <Loading />;
  if (Loaded) return <Loaded key={name} rest={rest} />;
  return (
    <View title={words.view[name]}>
      <Reload />
    </View>
  );
}

interface MenuButtonProps {
  open: boolean;
  onToggle: () => void;
  onClose: () => void;
}

function MenuButton({ open, onToggle, onClose }: MenuButtonProps) {
  const { words } = useWords();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const pressed = ({ key }: KeyboardEvent) => {
      if (key !== "Escape") return;
      onClose();
      button.current?.focus();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [open]);
  return (
    <button
      ref={button}
      type="button"
      class="menu-button bare"
      aria-expanded={open}
      aria-controls="views"
      aria-label={words.menu}
      onClick={onToggle}
    >
      <Glyph name={open ? "cross" : "menu"} />
    </button>
  );
}

function Connection() {
  const { words } = useWords();
  const live = useLive();
  return (
    <span class={live.state === "live" ? "connection live" : "connection lost"} role="status">
      {live.state === "live" ? words.live : words.reconnecting}
    </span>
  );
}

interface SideProps {
  current: ViewName | undefined;
  open: boolean;
  system: System | undefined;
}

function Side({ current, open, system }: SideProps) {
  const { words, locale } = useWords();
  return (
    <nav id="views" class={open ? "side open" : "side"} aria-label={words.views}>
      <ul>
        {kViews.map(({ name, path }) => (
          <li key={name}>
            <ViewLink name={name} path={path} current={name === current}>
              {name === "deadLetters" && system && <DeadLetterCount system={system} />}
            </ViewLink>
          </li>
        ))}
      </ul>
      <div class="side-foot">
        {system && (
          <p class="side-system">
            {system.region} · <span class="digits">{system.account}</span>
            <br />
            Doorbuster {system.version}
          </p>
        )}
        <p class="side-system">{words.times(form.zone(locale))}</p>
        <p>
          <a href="/">{words.toShop}</a>
        </p>
        {!kThisMachine.test(location.hostname) && <SignOut />}
      </div>
    </nav>
  );
}

interface ViewLinkProps {
  name: ViewName;
  path: string;
  current: boolean;
  children: ComponentChildren;
}

function ViewLink({ name, path, current, children }: ViewLinkProps) {
  const { words } = useWords();
  return (
    <Link class="view-link" to={path} current={current}>
      <Glyph name={name} />
      <span>{words.view[name]}</span>
      {children}
    </Link>
  );
}

function DeadLetterCount({ system }: { system: System }) {
  const { locale } = useWords();
  const live = useLive();
  const letters = lettersOf(system, live);
  return letters > 0 ? <span class="count">{letters.toLocaleString(locale)}</span> : null;
}

function SignOut() {
  const { words } = useWords();
  const leave = async () => {
    await send("DELETE", "session");
    dispatchEvent(new Event(kSignedOut));
  };
  return (
    <p>
      <button type="button" class="quiet small" onClick={() => void leave()}>
        {words.signOut}
      </button>
    </p>
  );
}
