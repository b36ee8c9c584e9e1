import ChatCore
import ChatPosix
import ChatServer
import ChatTerminal

extension HistoryEnvironment {
  /// The world as this process sees it, and what the server's configuration file says.
  static func ofProcess(configured: [String: String]) -> HistoryEnvironment {
    let standardOutput = FileDescriptor.standardOutput
    let standardError = FileDescriptor.standardError
    // Before a file is opened, which would get the number of one that is closed.
    let closed = (try? StandardDescriptors.ensureOpen()) ?? []
    let isMissing = closed.contains(standardOutput)
    var environment = HistoryEnvironment(
      output: isMissing ? MissingSink() : DescriptorSink(standardOutput),
      errors: DescriptorSink(standardError))
    environment.variable = Environment.value(of:)
    environment.now = { Timestamp(milliseconds: Clock.realtimeMilliseconds()) }
    if standardOutput.isTerminal {
      // A terminal that does not know its size is taken to have the default one.
      environment.columns = standardOutput.windowSize()?.columns ?? 80
    }
    environment.showsProgress = standardError.isTerminal
    environment.canAsk = FileDescriptor.standardInput.isTerminal && standardError.isTerminal
    environment.readAnswer = { readLine() }
    environment.startPager = ChildPager.start
    // The user's own key, wherever it is: not one that was named.
    let ownKey = configured["key-file"]
    environment.configured = configured.filter { $0.key != "key-file" }
    environment.startSigner = { SignerProcess.start(keyFile: $0?.isEmpty == false ? $0 : ownKey) }
    environment.keptSeal = { database, keyFile in
      KeyFile.path(option: keyFile?.isEmpty == false ? keyFile : ownKey).flatMap {
        KeptSealFile(of: database, beside: KeyFile(path: $0))
      }
    }
    environment.formerKeys = { SignerProcess.formerKeys(of: ownKey) }
    environment.width = { CharacterWidth(of: $0).estimate }
    environment.greatestWidth = { CharacterWidth(of: $0).maximum }
    environment.prepareToWait = { ProcessWait.prepare(for: [.interrupt]) }
    environment.prepareToCleanUp = { ProcessWait.prepare(for: [.interrupt, .terminate, .hangup]) }
    environment.wait = ProcessWait.wait(milliseconds:)
    return environment
  }
}

/// The wait of `tail`: ended by Ctrl-C, and by the end of whoever reads.
enum ProcessWait {
  /// From here on Ctrl-C is seen by the wait; before, it ends the process, as
  /// ever. Without handlers it still does.
  static func prepare(for signals: [Signal]) {
    try? Signals.install(signals)
  }

  static func wait(milliseconds: Int64) -> HistoryEnvironment.Waited {
    var poller = Poller()
    // Neither reading nor writing is asked for: only errors are reported, and a
    // pipe without a reader is one.
    let interest = Interest(.standardOutput, read: false, write: false)
    let ready = (try? poller.poll([interest], timeoutMilliseconds: milliseconds)) ?? []
    if !Signals.take().isEmpty { return .interrupted }
    return ready.contains { $0.failed || $0.hungUp } ? .outputClosed : .passed
  }
}
