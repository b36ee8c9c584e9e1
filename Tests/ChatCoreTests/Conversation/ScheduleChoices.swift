import Glibc

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
