/// Makes a map of a dump.
struct DumpReader {
    let document: DumpDocument
    private var map = CrushMap(tunables: .legacy, extent: .chooseArgs)
    private var doubts: [CrushDump.Doubt] = []
    private var typeNumbers: [String: Int32] = [:]
    private var classNumbers: [String: Int32] = [:]

    init(document: DumpDocument) {
        self.document = document
    }

    mutating func read() throws(CrushDump.Failure) -> (CrushMap, [CrushDump.Doubt]) {
        readTunables()
        for type in document.types {
            map.typeNames[type.typeId] = type.name
            typeNumbers[type.name] = type.typeId
        }
        for (index, device) in document.devices.enumerated() { try add(device, "devices[\(index)]") }
        for (index, bucket) in document.buckets.enumerated() { try add(bucket, "buckets[\(index)]") }
        findShadows()
        for (index, rule) in document.rules.enumerated() { try add(rule, "rules[\(index)]") }
        for (key, overrides) in document.chooseArgs ?? [:] { try add(overrides, "choose_args.\(key)", key) }
        doubts.sort { "\($0)" < "\($1)" }
        return (map, doubts)
    }

    private mutating func readTunables() {
        let numbers = document.tunables
        map.tunables = Tunables(
            chooseLocalTries: numbers.chooseLocalTries,
            chooseLocalFallbackTries: numbers.chooseLocalFallbackTries,
            chooseTotalTries: numbers.chooseTotalTries,
            chooseLeafDescendOnce: numbers.chooseleafDescendOnce,
            chooseLeafVaryR: numbers.chooseleafVaryR ?? 0,
            strawCalcVersion: numbers.strawCalcVersion ?? 0,
            allowedBucketAlgorithms: numbers.allowedBucketAlgs ?? Tunables.legacy.allowedBucketAlgorithms,
            chooseLeafStable: numbers.chooseleafStable ?? 0,
            msrDescents: numbers.msrDescents ?? 100,
            msrCollisionTries: numbers.msrCollisionTries ?? 100)
        if numbers.msrDescents != nil { map.extent = .msr }
    }

    private mutating func classNumber(_ name: String) -> Int32 {
        if let number = classNumbers[name] { return number }
        let number = Int32(classNumbers.count)
        classNumbers[name] = number
        map.classNames[number] = name
        return number
    }

    private mutating func add(_ device: DumpDocument.Device, _ path: String) throws(CrushDump.Failure) {
        guard device.id >= 0, device.id < .max else {
            throw CrushDump.Failure(path: path, reason: "\(device.id) is no device's id")
        }
        let item = ItemID(device.id)
        map.deviceLimit = max(map.deviceLimit, device.id + 1)
        // A device without a name is dumped under this one.
        if device.name != "device\(device.id)" { map.itemNames[item] = device.name }
        if let name = device.class { map.deviceClasses[item] = classNumber(name) }
    }

    private mutating func add(_ dumped: DumpDocument.Bucket, _ path: String) throws(CrushDump.Failure) {
        guard (-1_048_576..<0).contains(dumped.id) else {
            throw CrushDump.Failure(path: path, reason: "bucket id \(dumped.id) is not from -1048576 to -1")
        }
        guard let algorithm = Bucket.Algorithm(name: dumped.alg) else {
            throw CrushDump.Failure(path: path, reason: "there is no bucket algorithm '\(dumped.alg)'")
        }
        let id = ItemID(dumped.id)
        let items = dumped.items.map { ItemID($0.id) }
        let weights = dumped.items.map { Weight(raw: $0.weight) }
        let content: Bucket.Content
        switch algorithm {
        case .straw2: content = .straw2(weights: weights)
        case .uniform: content = .uniform(itemWeight: weights.first ?? .zero)
        case .list, .tree, .straw:
            do throws(Bucket.BuildFailure) {
                content = try Bucket(
                    making: algorithm, id: id, type: dumped.typeId, items: items, weights: weights,
                    strawCalcVersion: map.tunables.strawCalcVersion
                ).content
            } catch {
                throw CrushDump.Failure(path: path, reason: "\(error)")
            }
        }
        if algorithm == .straw { doubts.append(.straws(bucket: id)) }
        if dumped.hash != "rjenkins1" { doubts.append(.hash(bucket: id)) }
        let bucket = Bucket(
            id: id, type: dumped.typeId, hash: dumped.hash == "rjenkins1" ? 0 : .max,
            weight: Weight(raw: dumped.weight), items: items, content: content)
        guard map.insert(bucket) else { throw CrushDump.Failure(path: path, reason: "bucket \(id) is there twice") }
        if let name = dumped.name { map.itemNames[id] = name }
    }

    /// Shadows are dumped as buckets like others; their names tell what they are the shadows of.
    private mutating func findShadows() {
        let numbers = Dictionary(map.itemNames.map { ($0.value, $0.key) }, uniquingKeysWith: max)
        for (shadow, name) in map.itemNames.sorted(by: { $0.key > $1.key }) where shadow.isBucket {
            guard let separator = name.firstIndex(of: CrushMap.shadowSeparator),
                let original = numbers[String(name[..<separator])]
            else { continue }
            let number = classNumber(String(name[name.index(after: separator)...]))
            map.shadowBuckets[original, default: [:]][number] = shadow
            map.deviceClasses[shadow] = number
        }
    }

    private mutating func add(_ dumped: DumpDocument.Rule, _ path: String) throws(CrushDump.Failure) {
        guard let number = UInt8(exactly: dumped.ruleId) else {
            throw CrushDump.Failure(path: path, reason: "rule number \(dumped.ruleId) is not from 0 to 255")
        }
        var rule = Rule(
            kind: Rule.Kind(rawValue: dumped.type), ruleset: dumped.ruleset ?? number,
            minimumSize: dumped.minSize ?? 1, maximumSize: dumped.maxSize ?? 100, steps: [])
        for (index, step) in dumped.steps.enumerated() {
            rule.steps.append(try self.step(step, "\(path).steps[\(index)]"))
        }
        while map.rules.count <= Int(number) { map.rules.append(nil) }
        guard map.rules[Int(number)] == nil else {
            throw CrushDump.Failure(path: path, reason: "rule \(number) is there twice")
        }
        map.rules[Int(number)] = rule
        if let name = dumped.ruleName { map.ruleNames[Int32(number)] = name }
    }

    private func step(_ step: DumpDocument.Step, _ path: String) throws(CrushDump.Failure) -> Rule.Step {
        guard let name = step.op else {
            guard let code = step.opcode else { throw CrushDump.Failure(path: path, reason: "there is no 'op'") }
            return Rule.Step(code: code, step.arg1 ?? 0, step.arg2 ?? 0)
        }
        guard let operation = Rule.Operation.allCases.first(where: { $0.dumpName == name }) else {
            throw CrushDump.Failure(path: path, reason: "there is no step '\(name)'")
        }
        switch operation {
        case .noop, .emit: return Rule.Step(operation)
        case .take:
            guard let item = step.item else { throw CrushDump.Failure(path: path, reason: "there is no 'item'") }
            return Rule.Step(.take, item)
        case .chooseFirstN, .chooseIndep, .chooseLeafFirstN, .chooseLeafIndep, .chooseMSR:
            guard let number = step.num, let type = step.type.flatMap({ typeNumbers[$0] }) else {
                throw CrushDump.Failure(path: path, reason: "there is no 'num', or no type of this name")
            }
            return Rule.Step(operation, number, type)
        default:
            guard let number = step.num else { throw CrushDump.Failure(path: path, reason: "there is no 'num'") }
            return Rule.Step(operation, number)
        }
    }

    private mutating func add(
        _ dumped: [DumpDocument.Overrides], _ path: String, _ key: String
    ) throws(CrushDump.Failure) {
        // Before Ceph 19 the key has no sign: -1 reads 18446744073709551615.
        guard let pool = Int64(key) ?? UInt64(key).map({ Int64(bitPattern: $0) }) else {
            throw CrushDump.Failure(path: path, reason: "'\(key)' is no pool's id")
        }
        var overrides: [ItemID: CrushMap.Override] = [:]
        for (index, entry) in dumped.enumerated() {
            let id = ItemID(entry.bucketId)
            guard map.bucket(id) != nil else {
                throw CrushDump.Failure(path: "\(path)[\(index)]", reason: "there is no bucket \(id)")
            }
            var override = CrushMap.Override(ids: entry.ids.flatMap { $0.isEmpty ? nil : $0.map { ItemID($0) } })
            for row in entry.weightSet ?? [] {
                guard row.allSatisfy({ $0 >= 0 && $0 < 65536 }) else {
                    throw CrushDump.Failure(path: "\(path)[\(index)]", reason: "a weight is not from 0 to 65536")
                }
                override.weightSets.append(row.map { Weight(raw: UInt32(clamping: Int64(($0 * 65536).rounded()))) })
                if row.contains(where: { $0 >= 256 }) { doubts.append(.roundedWeights(pool: pool, bucket: id)) }
            }
            overrides[id] = override
        }
        map.chooseArgs[pool] = overrides
    }
}

extension Rule.Operation {
    /// The name in `op` of a step.
    var dumpName: String {
        switch self {
        case .noop: "noop"
        case .take: "take"
        case .emit: "emit"
        case .chooseFirstN: "choose_firstn"
        case .chooseIndep: "choose_indep"
        case .chooseLeafFirstN: "chooseleaf_firstn"
        case .chooseLeafIndep: "chooseleaf_indep"
        case .chooseMSR: "choosemsr"
        default: settingName ?? ""
        }
    }
}
