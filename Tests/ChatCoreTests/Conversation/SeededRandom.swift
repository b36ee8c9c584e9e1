import Glibc

/// SplitMix64: small, fast and the same everywhere, so that a printed seed
/// brings a failure back.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// 0 ..< bound, without the rejection loop: an exact distribution matters
  /// less here than speed in a debug build.
  mutating func below(_ bound: Int) -> Int {
    Int(next() >> 33) % bound
  }
}

/// The seed of this run: `CHAT_SEED`, to bring a failure back, or a new one.
func chosenSeed() -> UInt64 {
  if let text = getenv("CHAT_SEED"), let seed = UInt64(String(cString: text)) { return seed }
  return UInt64.random(in: .min ... .max)
}

/// How many schedules to run: `CHAT_SCHEDULES`, or a million in all.
func chosenScheduleCount() -> Int {
  if let text = getenv("CHAT_SCHEDULES"), let count = Int(String(cString: text)) { return count }
  return 1_000_000
}
