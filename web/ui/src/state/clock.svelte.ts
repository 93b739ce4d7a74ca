// The time that screens show. `now` is the daemon's: a PC whose clock is wrong still shows right waiting times.

// The Date header has whole seconds and travels a while: smaller differences are noise.
const kNoiseMs = 1500;
const kTickMs = 500;

class Clock {
  /** This PC's clock (ms), for silences measured here. */
  local = $state(Date.now());
  private skew = $state(0);

  constructor() {
    setInterval(() => this.tick(), kTickMs);
    addEventListener('visibilitychange', () => this.tick());
  }

  /** The daemon's clock (ms). */
  get now(): number {
    return this.local + this.skew;
  }

  observe(serverTime: number): void {
    const skew = serverTime - Date.now();
    if (Math.abs(skew - this.skew) > kNoiseMs) this.skew = Math.abs(skew) > kNoiseMs ? skew : 0;
  }

  private tick(): void {
    this.local = Date.now();
  }
}

export const clock = new Clock();
