/// Letters that look like plain Latin ones, as far as names are concerned.
enum LookAlikes {
  /// Pairs of a letter and the plain one it looks like, by alphabet.
  private static let pairs = [
    // Cyrillic, capitals and smalls apart: В looks like B, в hardly.
    "Аa Вb Еe Ѕs Іi Јj Кk Мm Нh Оo Рp Сc Тt Уy Хx Ѵv Ԛq Ԝw Ԍg Ӏl Ү y Ґr Гr Яr Иn Ьb Зz Ёe Їi Йn",
    "аa вb еe ѕs іi јj кk мm нh оo рp сc тt уy хx ѵv ԛq ԝw ԁd ӏl һh үy гr яr иn ьb зz ёe їi йn пn",
    // Armenian.
    "Սu Տs Օo Ոn Լl Հh Զq օo սu ոn հh յj ցg զq",
    // Cherokee, which has nearly all capitals.
    "ᎪaᎠdᎬeᎢtᎥiᎫjᎷmᎻhᎾoᏀgᏃzᎳwᏙvᏚsᏞlᏟcᏢpᏴbᏦkᎡrᏒrᏕsᏩgᏔwᏂh",
    // Latin letters that Unicode does not name by the letter, and signs.
    "ıiȷjƖlʀrɑaɡgɩiʋvſsøoØoðdđdĐdłlŁlħhĦhßbæaœoΙi∨v℮e℃c℉f€e£l¢c",
  ]

  static let latin: [Unicode.Scalar: Unicode.Scalar] = {
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for row in pairs {
      let scalars = row.unicodeScalars.filter { $0 != " " }
      for index in stride(from: 0, to: scalars.count - 1, by: 2) {
        let start = scalars.index(scalars.startIndex, offsetBy: index)
        table[scalars[start]] = scalars[scalars.index(after: start)]
      }
    }
    return table
  }()

  /// By the names that Unicode gives them, so that the mathematical styles
  /// are found too.
  static let greekCapitals: [Substring: Unicode.Scalar] = [
    "ALPHA": "a", "BETA": "b", "EPSILON": "e", "ZETA": "z", "ETA": "h", "IOTA": "i", "KAPPA": "k",
    "MU": "m", "NU": "n", "OMICRON": "o", "RHO": "p", "TAU": "t", "UPSILON": "y", "CHI": "x",
    "SIGMA": "e",
  ]
  static let greekSmalls: [Substring: Unicode.Scalar] = [
    "ALPHA": "a", "BETA": "b", "GAMMA": "y", "EPSILON": "e", "ETA": "n", "IOTA": "i", "KAPPA": "k",
    "NU": "v", "OMICRON": "o", "RHO": "p", "SIGMA": "o", "TAU": "t", "UPSILON": "u", "CHI": "x",
    "OMEGA": "w",
  ]

  /// Plain characters that stand for one another, under one of them.
  static func merged(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "0": "o"
    case "1", "i", "|", "!": "l"
    case "2": "z"
    case "3": "e"
    case "4", "@": "a"
    case "5", "$": "s"
    case "7": "t"
    case "8": "b"
    default: scalar
    }
  }
}
