import ChatCore
import ChatPosix
import ChatTerminal

extension Surroundings {
  /// The world as this process sees it.
  static func ofProcess() -> Surroundings {
    let standardOutput = FileDescriptor.standardOutput
    let standardError = FileDescriptor.standardError
    // Before a file is opened, which would get the number of one that is closed.
    let closed = (try? StandardDescriptors.ensureOpen()) ?? []
    let isMissing = closed.contains(standardOutput)
    var surroundings = Surroundings(
      output: isMissing ? MissingSink() : DescriptorSink(standardOutput),
      errors: DescriptorSink(standardError))
    surroundings.environment = Environment.value(of:)
    surroundings.now = { Timestamp(milliseconds: Clock.realtimeMilliseconds()) }
    surroundings.readFile = SystemFile.bytes(at:)
    if standardOutput.isTerminal {
      // A terminal that does not tell its size is taken for the usual one.
      surroundings.columns = standardOutput.windowSize()?.columns ?? 80
    }
    surroundings.showsProgress = standardError.isTerminal
    surroundings.canAsk = FileDescriptor.standardInput.isTerminal && standardError.isTerminal
    surroundings.readAnswer = { readLine() }
    surroundings.startPager = ChildPager.start
    surroundings.width = { CharacterWidth(of: $0).estimate }
    surroundings.prepareToWait = ProcessWait.prepare
    surroundings.wait = ProcessWait.wait(milliseconds:)
    return surroundings
  }
}

/// The wait of `tail`: ended by Ctrl-C, and by the end of whoever reads.
enum ProcessWait {
  /// From here on Ctrl-C is seen by the wait; before, it ends the process, as
  /// ever. Without handlers it still does.
  static func prepare() {
    try? Signals.install([.interrupt])
  }

  static func wait(milliseconds: Int64) -> Surroundings.Waited {
    var poller = Poller()
    // Neither reading nor writing is asked for: only errors are told, and a
    // pipe without a reader is one.
    let interest = Interest(.standardOutput, read: false, write: false)
    let ready = (try? poller.poll([interest], timeoutMilliseconds: milliseconds)) ?? []
    if Signals.take().contains(.interrupt) { return .interrupted }
    return ready.contains { $0.failed || $0.hungUp } ? .outputClosed : .passed
  }
}
