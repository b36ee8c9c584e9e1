import Glibc

/// A program between pipes, as in a shell's pipeline.
public final class PipeProcess: SpawnedProcess {
  private var input: Int32 = -1
  private let output: Int32
  private let error: Int32
  /// What came out of standard output and standard error.
  public private(set) var outputBytes: [UInt8] = []
  public private(set) var errorBytes: [UInt8] = []

  /// Starts it, with a file as standard input where `input` names one, or what `descriptor`
  /// leads to.
  public init(
    _ path: String, _ arguments: [String], environment: [String: String], input file: String? = nil,
    descriptor: Int32? = nil
  ) throws {
    let output = try Pipe()
    let error = try Pipe()
    defer {
      close(output.write)
      close(error.write)
    }
    self.output = output.read
    self.error = error.read
    Descriptor.setNonBlocking(output.read)
    Descriptor.setNonBlocking(error.read)
    let standardInput: Int32
    if let file {
      standardInput = open(file, O_RDONLY | O_CLOEXEC)
    } else if let descriptor {
      standardInput = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    } else {
      let pipe = try Pipe()
      Descriptor.setNonBlocking(pipe.write)
      input = pipe.write
      standardInput = pipe.read
    }
    defer { close(standardInput) }
    try super.init(
      Spawn(
        path: path, arguments: arguments, environment: environment,
        streams: .descriptors(input: standardInput, output: output.write, error: error.write)))
  }

  deinit {
    closeInput()
    close(output)
    close(error)
  }

  public var outputText: String { String(decoding: outputBytes, as: UTF8.self) }
  public var errorText: String { String(decoding: errorBytes, as: UTF8.self) }

  public override var evidence: String { "stdout: \(outputText)\nstderr: \(errorText)" }

  public override func readAvailable() {
    outputBytes += Descriptor.readAvailable(output)
    errorBytes += Descriptor.readAvailable(error)
  }

  /// Writes all of `text`. The output of `other` is read too while this one takes
  /// nothing: it may be what this one waits for.
  public func send(_ text: String, reading other: PipeProcess? = nil) throws {
    try Descriptor.writeAll(Array(text.utf8), to: input) {
      readAvailable()
      other?.readAvailable()
    }
  }

  /// Gives as much of `bytes` as is taken at once.
  ///
  /// - Returns: how many bytes that were.
  public func offer(_ bytes: [UInt8]) -> Int { Descriptor.writeAvailable(bytes, to: input) }

  /// The end of the pipe.
  public func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  /// Reads until standard output or standard error has `text`.
  ///
  /// - Throws: ``HarnessFailure`` with everything that came out.
  public func waitFor(
    _ text: String, times: Int = 1, within seconds: Double = Deadline.usual
  ) throws {
    try Deadline.poll("“\(text)”. Seen:\n\(evidence)", within: seconds) {
      readAvailable()
      return outputText.occurrences(of: text) + errorText.occurrences(of: text) >= times
    }
  }
}

/// pipe(2).
struct Pipe {
  let read: Int32
  let write: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw HarnessFailure("pipe: \(String(cString: strerror(errno)))")
    }
    (read, write) = (ends[0], ends[1])
  }
}
