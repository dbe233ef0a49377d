import { SpeedMeter, timeLeftMs } from './speed-meter.js';

describe('SpeedMeter', () => {
  it('says nothing before two measurements', () => {
    const meter = new SpeedMeter();
    expect(meter.bytesPerSecond).toBeNull();
    meter.measure(0, 0);
    expect(meter.bytesPerSecond).toBeNull();
    meter.measure(1000, 5000);
    expect(meter.bytesPerSecond).toBe(5000);
  });

  it('moves towards a new pace without leaping to it', () => {
    const meter = new SpeedMeter();
    meter.measure(0, 0);
    meter.measure(1000, 1000);
    meter.measure(2000, 11_000);
    const now = meter.bytesPerSecond ?? 0;
    expect(now).toBeGreaterThan(1000);
    expect(now).toBeLessThan(10_000);
  });

  it('starts afresh when the offset goes back or after a pause', () => {
    const meter = new SpeedMeter();
    meter.measure(0, 10_000);
    meter.measure(1000, 2_000);
    expect(meter.bytesPerSecond).toBeNull();
    meter.measure(2000, 3_000);
    expect(meter.bytesPerSecond).toBe(1000);
    meter.reset();
    expect(meter.bytesPerSecond).toBeNull();
  });

  it('tells the time left only from a pace', () => {
    expect(timeLeftMs(1000, 500)).toBe(2000);
    expect(timeLeftMs(1000, null)).toBeNull();
    expect(timeLeftMs(1000, 0)).toBeNull();
  });
});
