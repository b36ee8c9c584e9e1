import ChatPosix

/// Room on the transcript's disk that is left to other programs: recording stops
/// before it is used, as it does on a full disk.
package enum DiskReserve: Hashable, Sendable {
  /// All of the disk may be used.
  case none
  /// A hundredth of the disk, or 64 MiB where that is less: enough for others to
  /// go on until somebody has read the sentence.
  case `default`
  /// So many hundredths of the disk.
  case percent(Int)
  case bytes(Int64)

  /// Bytes written between two looks at the disk.
  package static let lookInterval: Int64 = 1 << 20

  /// How many bytes of a disk are kept.
  package func size(of space: DiskSpace) -> Int64 {
    switch self {
    case .none: 0
    case .default: min(space.total / 100, 64 << 20)
    case .percent(let part): space.total / 100 * Int64(part)
    case .bytes(let count): count
    }
  }

  /// Whether nothing more may be written.
  package func isReached(by space: DiskSpace) -> Bool { space.available < size(of: space) }
}
