/** «Иванова Анна Сергеевна» → «Иванова А. С.» */
export function shortName(name: string): string {
  const [family = '', ...rest] = name.trim().split(/\s+/);
  return [family, ...rest.map((part) => `${part[0]}.`)].join(' ');
}

/** A person as a record shows one: the name, or the login where nobody knows the name. Null for nobody. */
export function personOf(name: string | null, login: string | null): string | null {
  return name ? shortName(name) : login;
}
