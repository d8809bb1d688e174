extension CrushMap {
    /// The map that a text in crushtool's language describes: of the same text, the bytes that `crushtool -c` writes.
    ///
    /// Read too: comments that ``CrushTextForm/exact`` has written, steps and types that crushtool prints but does not
    /// read, and on every release what the newest one reads. Source: `CrushCompiler::compile`.
    ///
    /// - Parameters:
    ///   - text: the text, UTF-8.
    ///   - release: whose bytes are wanted. Without one, sizes of rules are kept where they are given, and the form is
    ///     that of Ceph 18 unless the text needs that of Ceph 20.
    /// - Throws: ``CompilationFailure`` with line and column.
    public init(compiling text: [UInt8], as release: CrushToolRelease? = nil) throws(CompilationFailure) {
        var compiler = MapCompiler(statements: try MapParser.parse(text), release: release)
        self = try compiler.compile()
    }
}

/// Makes a map of statements, in the order in which crushtool does, since ids and classes are numbered on the way.
struct MapCompiler {
    let release: CrushToolRelease?
    var statements: MapStatements
    var map = CrushMap(tunables: .legacy, extent: .chooseArgs)
    var typeNumbers: [String: Int32] = [:]
    var items: [String: ItemID] = [:]
    /// What each bucket weighs, for items that give no weight of their own.
    var bucketWeights: [ItemID: Weight] = [:]
    /// Bucket ids that the text names anywhere.
    var namedIDs: Set<Int32> = []
    private var nextFreeID: Int32 = -1
    /// Ids of shadows that the text asks for.
    var wantedShadows: [ItemID: [Int32: ItemID]] = [:]

    init(statements: MapStatements, release: CrushToolRelease?) {
        self.statements = statements
        self.release = release
    }

    mutating func compile() throws(CompilationFailure) -> CrushMap {
        try readNotes()
        for tunable in statements.tunables { try set(tunable) }
        for device in statements.devices { try add(device) }
        for type in statements.types {
            let number = try int32(type.number, type.place)
            typeNumbers[type.name] = number
            map.typeNames[number] = type.name
        }
        if let place = statements.lateBucket { throw failure(place, "buckets must be defined before rules") }
        for bucket in statements.buckets {
            for id in bucket.ids { namedIDs.insert(try bucketID(id.id, id.place).value) }
        }
        for bucket in try orderedBuckets() { try add(bucket) }
        if !statements.rules.isEmpty { map.makeShadowTrees(previous: wantedShadows) }
        for rule in statements.rules { try add(rule) }
        for chooseArgs in statements.chooseArgs { try add(chooseArgs) }
        map.deviceLimit = map.mended().deviceLimit
        if release == .tentacle || (release == nil && map.needsMSR) { map.extent = .msr }
        try applyNotes()
        return map
    }

    // MARK: Failures and numbers

    func failure(_ place: MapScanner.Place, _ message: String) -> CompilationFailure {
        CompilationFailure(line: place.line, column: place.column, message: message)
    }

    func int32(_ text: String, _ place: MapScanner.Place) throws(CompilationFailure) -> Int32 {
        guard let value = Int32(text) else { throw failure(place, "\(text) does not fit into 32 bits") }
        return value
    }

    func uint8(_ text: String, _ place: MapScanner.Place) throws(CompilationFailure) -> UInt8 {
        guard let value = UInt8(text) else { throw failure(place, "\(text) is not from 0 to 255") }
        return value
    }

    /// A bucket's id. The map has a slot for every id down to the lowest one, so there is an end to them.
    func bucketID(_ text: String, _ place: MapScanner.Place) throws(CompilationFailure) -> ItemID {
        guard let value = Int32(text), value >= -1_048_576 else {
            throw failure(place, "bucket id \(text) is below -1048576, the lowest that is taken")
        }
        return ItemID(value)
    }

    /// The highest id below zero that no bucket has and the text names nowhere.
    mutating func freeID() -> ItemID {
        while namedIDs.contains(nextFreeID) { nextFreeID -= 1 }
        namedIDs.insert(nextFreeID)
        return ItemID(nextFreeID)
    }

    mutating func classNumber(_ name: String) -> Int32 {
        if let known = map.classNames.first(where: { $0.value == name }) { return known.key }
        let number = (map.classNames.keys.max() ?? -1) + 1
        map.classNames[number] = name
        return number
    }

    // MARK: Tunables and devices

    private mutating func set(
        _ tunable: (place: MapScanner.Place, name: String, value: String)
    ) throws(CompilationFailure) {
        guard let value = UInt32(tunable.value) else {
            throw failure(tunable.place, "\(tunable.value) does not fit into 32 bits")
        }
        let byte = UInt8(truncatingIfNeeded: value)
        switch tunable.name {
        case "choose_local_tries": map.tunables.chooseLocalTries = value
        case "choose_local_fallback_tries": map.tunables.chooseLocalFallbackTries = value
        case "choose_total_tries": map.tunables.chooseTotalTries = value
        case "chooseleaf_descend_once": map.tunables.chooseLeafDescendOnce = value == 0 ? 0 : 1
        case "chooseleaf_vary_r": map.tunables.chooseLeafVaryR = byte
        case "chooseleaf_stable": map.tunables.chooseLeafStable = byte
        case "straw_calc_version": map.tunables.strawCalcVersion = byte
        case "allowed_bucket_algs": map.tunables.allowedBucketAlgorithms = value
        case "msr_descents": map.tunables.msrDescents = value
        case "msr_collision_tries": map.tunables.msrCollisionTries = value
        default: throw failure(tunable.place, "there is no tunable '\(tunable.name)'")
        }
    }

    private mutating func add(
        _ device: (place: MapScanner.Place, number: String, name: String, className: String?)
    ) throws(CompilationFailure) {
        let item = ItemID(try int32(device.number, device.place))
        guard items[device.name] == nil else { throw failure(device.place, "'\(device.name)' is defined twice") }
        items[device.name] = item
        map.itemNames[item] = device.name
        if let className = device.className { map.deviceClasses[item] = classNumber(className) }
    }
}

extension CrushMap {
    /// Whether the map has something that only a form with the numbers of multi-step retry can hold.
    fileprivate var needsMSR: Bool {
        tunables.msrDescents != 100 || tunables.msrCollisionTries != 100
            || rules.contains { rule in
                guard let rule else { return false }
                return rule.kind == .msrFirstN || rule.kind == .msrIndep
                    || rule.steps.contains { (14...16).contains($0.code) }
            }
    }
}
