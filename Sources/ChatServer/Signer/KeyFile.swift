import ChatPosix
import ChatSecure

/// Why a file of keys is not used: the server's own key, or those of people.
package struct KeyTrouble: Error, Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// The file is there and cannot be read.
    case unreadable
    /// It, or its directory, is not the user's alone.
    case notRegular, notOwn, exposed, exposedDirectory
    /// It has another name, by which conversations, or others, may reach it.
    case linked
    /// It holds no key, or one of another kind.
    case notPEM, otherKind
    /// It holds something else than was written.
    case damaged
    case cannotMake
    /// Conversations can read the directory it is in.
    case belowTranscript
    /// No random numbers, no memory.
    case system
    /// Its key is not the one that this run began with.
    case changed
  }

  package var kind: Kind
  /// errno(3); 0 for none.
  package var errno: Int32

  package init(_ kind: Kind, errno: Int32 = 0) {
    self.kind = kind
    self.errno = errno
  }

  init(_ error: PrivateFileError, others: Kind) {
    switch error {
    case .system(let error): self.init(others, errno: error.errno.rawValue)
    case .notRegular: self.init(.notRegular)
    case .notOwn: self.init(.notOwn)
    case .exposed: self.init(.exposed)
    case .exposedDirectory: self.init(.exposedDirectory)
    case .linked: self.init(.linked)
    // Not of a secret that is read or made.
    case .inUse: self.init(others)
    }
  }
}

/// The file with the server's private key. Read and made by the signer, and by
/// `chatserve key`; never by a process that forks conversations.
package struct KeyFile: Hashable, Sendable {
  package let path: FilePath
  /// Whether a key may be made where there is none.
  package var mayBeMade: Bool

  package init(path: String, mayBeMade: Bool = true) {
    self.path = FilePath(path)
    self.mayBeMade = mayBeMade
  }

  /// `option`, else `chatserve/key` below `$XDG_CONFIG_HOME`, else below
  /// `~/.config` (XDG Base Directory Specification; a relative `$XDG_CONFIG_HOME`
  /// is ignored, as it demands). What is empty counts as not given.
  ///
  /// - Parameters:
  ///   - option: what the command line says.
  ///   - environment: gives the value of a variable.
  /// - Returns: `nil` when there is no home directory either.
  package static func path(
    option: String?, environment: (String) -> String? = Environment.value(of:)
  ) -> String? {
    if let option, !option.isEmpty { return option }
    return Environment.configurationDirectory(environment).map { $0 + "/chatserve/key" }
  }

  /// Whether it lies below the directory of the transcript at `database`, which
  /// Landlock leaves to conversations whole. Real paths are compared.
  package func isBelowTranscript(_ database: String) -> Bool {
    let directory = FilePath(database).resolvingWhatIsThere().removingLastComponent()
    return path.resolvingWhatIsThere().starts(with: directory)
  }

  /// The key in it; `nil` when there is no file.
  package func read() throws(KeyTrouble) -> PrivateKey? {
    let text: [UInt8]?
    do throws(PrivateFileError) {
      // One more, so that a longer one is seen to be.
      text = try PrivateFile.secret(at: path, limit: PrivateKey.longestText + 1)
    } catch {
      throw KeyTrouble(error, others: .unreadable)
    }
    guard let text else { return nil }
    do throws(PrivateKey.Damage) {
      return try PrivateKey(pem: text)
    } catch {
      switch error {
      case .notPEM: throw KeyTrouble(.notPEM)
      case .otherKind: throw KeyTrouble(.otherKind)
      case .noMemory: throw KeyTrouble(.system)
      }
    }
  }

  /// Makes it with a new key.
  ///
  /// - Returns: the key, or `nil` when there is a file of that name.
  package func make() throws(KeyTrouble) -> PrivateKey? {
    let key = try Self.random()
    do throws(PrivateFileError) {
      return try PrivateFile.makeSecret(at: path, Array(key.pem.utf8)) ? key : nil
    } catch {
      throw KeyTrouble(error, others: .cannotMake)
    }
  }

  /// Puts a new key in the place of the one that is there, whatever that is.
  ///
  /// - Returns: the name that the old file has now; `nil` where there was none.
  package func replace(with key: PrivateKey) throws(KeyTrouble) -> FilePath? {
    do throws(PrivateFileError) {
      return try PrivateFile.replaceSecret(at: path, Array(key.pem.utf8), keepingOld: true)
    } catch {
      throw KeyTrouble(error, others: .cannotMake)
    }
  }

  package static func random() throws(KeyTrouble) -> PrivateKey {
    do throws(SecureSetupError) {
      return try PrivateKey.random()
    } catch {
      throw KeyTrouble(.system)
    }
  }

  /// The key in it, which is made where it is missing; where it may not be made, one
  /// that is kept nowhere. Of a run that is `known` already no other is made or read:
  /// a file in the place of one that went would be a key that no client knows.
  func key(known: Certificate? = nil) throws(KeyTrouble) -> (key: PrivateKey, isTemporary: Bool) {
    if known?.isTemporary == true { return (try Self.random(), true) }
    if known != nil {
      guard let key = try read() else {
        throw KeyTrouble(.unreadable, errno: Errno.noSuchFileOrDirectory.rawValue)
      }
      return (key, false)
    }
    if let key = try read() { return (key, false) }
    if !mayBeMade { return (try Self.random(), true) }
    if let key = try make() { return (key, false) }
    // Another server made it meanwhile.
    guard let key = try read() else { throw KeyTrouble(.unreadable) }
    return (key, false)
  }
}
