// One field of a form: its label, what helps, and what is wrong with what stands in it.
import type { InputHTMLAttributes } from "preact";
import { Icon } from "./icons";

export interface FieldProps {
  name: string;
  label: string;
  note?: string; // beside the label
  hint?: string;
  fault?: string | undefined;
  sign?: { sign: string; before: boolean };
  value: string;
  onValue: (value: string) => void;
  onLeave: () => void;
  input?: InputHTMLAttributes<HTMLInputElement>;
}

function describedBy(name: string, hint?: string, fault?: string): string | undefined {
  const ids = [hint && `${name}-hint`, fault && `${name}-fault`].filter(Boolean);
  return ids.length > 0 ? ids.join(" ") : undefined;
}

export function TextField(props: FieldProps) {
  const { name, label, note, hint, fault, sign, value, onValue, onLeave, input } = props;
  return (
    <div class="field">
      <label for={name}>
        {label} {note && <span class="note">{note}</span>}
      </label>
      <div class={sign?.before === false ? "box sign-after" : "box"}>
        {sign && (
          <span class="sign" aria-hidden="true">
            {sign.sign}
          </span>
        )}
        <input
          {...input}
          id={name}
          name={name}
          value={value}
          aria-invalid={fault ? "true" : undefined}
          aria-describedby={describedBy(name, hint, fault)}
          onInput={(event) => onValue(event.currentTarget.value)}
          onBlur={onLeave}
        />
      </div>
      {fault && (
        <p class="fault" id={`${name}-fault`}>
          <Icon name="alert" />
          <span>{fault}</span>
        </p>
      )}
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
