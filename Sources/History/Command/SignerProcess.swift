import ChatProgram
import ChatSecure
import ChatServer
import Transcript

/// The process with the key, as the server forks it too.
enum SignerProcess {
  static func start(keyFile: String?) -> HistoryEnvironment.SignerStart {
    guard let path = KeyFile.path(option: keyFile) else { return .noKey(nil) }
    do throws(KeyTrouble) {
      guard let signer = try ForkedSigner.start(KeyFile(path: path)) else { return .noKey(path) }
      return .signer(signer)
    } catch {
      return .failed(path: path)
    }
  }

  /// The public halves of the user's own keys from before a change: of those beside the key
  /// that is. One that cannot be read is left out.
  static func formerKeys(of keyFile: String?) -> [[UInt8]] {
    guard let path = KeyFile.path(option: keyFile) else { return [] }
    var keys: [[UInt8]] = []
    for number in 1...mostFormerKeys {
      do throws(KeyTrouble) {
        let file = KeyFile(path: "\(path).old-\(number)")
        guard let former = try ForkedSigner.start(file) else { break }
        keys.append(former.publicKey)
      } catch {
        continue
      }
    }
    return keys
  }

  /// A process is forked for each.
  private static let mostFormerKeys = 100
}

extension HistorySession {
  /// Whoever signs; `nil`, with a word where there is a key, when nobody can. To be called
  /// before the transcript is opened, whose connection is not to be carried across a fork.
  ///
  /// - Throws: why a key that was named cannot be used.
  func signer(_ options: KeyOptions) throws(HistoryError) -> (any SealSigner)? {
    let isNamed = options.isNamed
    switch environment.startSigner(options.keyFile) {
    case .signer(let signer): return signer
    case .noKey(let path):
      if isNamed, let path { throw .keyMissing(path) }
      return nil
    case .failed(let path):
      let error = HistoryError.key(path: path, isNamed: isNamed)
      if isNamed { throw error }
      say(HistoryMessages.text(of: error))
      return nil
    }
  }
}

extension HistorySession {
  /// The user's own keys, with which seals are to be by one of them. Like
  /// ``signer(_:)``, before the transcript is opened.
  ///
  /// - Throws: why a key that was named cannot be used.
  func ownKeys(_ options: KeyOptions) throws(HistoryError) -> SealKeys {
    let own = try signer(options).map { [$0.publicKey] } ?? []
    let former = options.isNamed ? [] : environment.formerKeys()
    let prints = { (keys: [[UInt8]]) in keys.compactMap { PublicKey($0)?.fingerprint } }
    return SealKeys(trusting: prints(own), isOwn: !options.isNamed, former: prints(former))
  }

  /// Whose seals the transcript takes.
  ///
  /// - Parameters:
  ///   - signer: whoever signs.
  ///   - connection: of the transcript.
  ///   - isKnown: whether its key has sealed it, as is kept beside that, whatever is there now.
  /// - Returns: `signer`, unless the transcript is sealed, and not with its key.
  /// - Throws: what SQLite reports.
  func own(
    _ signer: (any SealSigner)?, _ connection: Connection, isKnown: Bool
  ) throws(HistoryError) -> (any SealSigner)? {
    guard let signer, !isKnown else { return signer }
    do {
      if try !connection.isSealed() { return signer }
      return try connection.isSealed(by: signer.publicKey) ? signer : nil
    } catch {
      throw HistoryError(error)
    }
  }
}

extension SealKeys {
  /// - Parameters:
  ///   - trusted: the fingerprints of those that are.
  ///   - isOwn: whether these are the user's own, and nobody named them.
  ///   - former: those of the user's own from before a change, trusted too.
  init(trusting trusted: [Fingerprint], isOwn: Bool, former: [Fingerprint] = []) {
    self.init(
      trusted: Set((trusted + former).map(\.description)), isOwn: isOwn,
      fingerprint: { PublicKey($0)?.fingerprint.description },
      hasSigned: { key, message, signature in
        PublicKey(key)?.hasSigned(message, signature) == true
      })
    self.former = Set(former.map(\.description)).subtracting(trusted.map(\.description))
  }
}
