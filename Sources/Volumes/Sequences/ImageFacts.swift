import Ceph
import Vocabulary

/// What there is to know of an image before something is done with it.
struct ImageFacts: Hashable, Sendable {
    /// The image's internal id.
    var id: String
    /// Its size.
    var size: ByteCount
    /// Its features, those included that librbd sets by itself.
    var features: ImageFeatures
    /// Whether all objects that the features call for are there; false for an image whose maker died half way.
    var isWhole = true
    /// The addresses of the clients that have it open.
    var watchers: [String] = []
    /// The names of the snapshots that users made.
    var userSnapshots: [String] = []
    /// Whether it belongs to a group.
    var isInGroup = false
    /// Whether a live migration has it as its source or target.
    var isMigrating = false
    /// Whether it was seen that nobody and nothing else has to do with it: no client, snapshot, group, journal, mirror or
    /// migration. False where that was not looked for.
    var isPlain = false
}

/// What is there under an image's name when the image cannot be opened.
enum ImageRemains: Hashable, Sendable {
    /// Nothing, or a finished entry of the trash.
    case nothing
    /// An image whose maker or remover died half way.
    case halfMade
    /// An image whose move to the trash was cut short, or one that only its name is lost of.
    case moving(imageID: String)
}
