/** «Иванова Анна Сергеевна» → «Иванова А. С.» */
export function shortName(name: string): string {
  const [family = '', ...rest] = name.trim().split(/\s+/);
  return [family, ...rest.map((part) => `${part[0]}.`)].join(' ');
}
