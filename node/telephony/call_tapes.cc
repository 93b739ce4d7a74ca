#include "node/telephony/call_tapes.h"

#include "node/telephony/call_journal.h"
#include "node/telephony/call_rows.h"
#include "protocol/base/archive.h"
#include "protocol/domain/state.h"

namespace opora::telephony {

namespace {

// Raise it when the row changes its form: rows of before are read as such.
constexpr std::uint8_t kTapeVersion = 1;

KeyWriter all_tapes() {
  KeyWriter key;
  key.text("call_tape");
  return key;
}
Bytes key_of(TapeKey tape) { return all_tapes().u64(tape.call.v).u16(tape.part).take(); }
Bytes encode(const TapeRow& row) { return Bytes(1, static_cast<char>(kTapeVersion)) + to_row(row); }
std::optional<TapeRow> decode(std::string_view value) {
  if (value.empty() || static_cast<std::uint8_t>(value.front()) != kTapeVersion)
    return std::nullopt;
  return from_row<TapeRow>(value.substr(1));
}

// Begun and ended in one step, or long ago: what this decision has said counts before the store.
class Tapes {
 public:
  Tapes(sync::Decision& decision, const SitePlan& plan) : decision_(decision), plan_(plan) {}

  void on(const StartRecording& told) {
    TapeRow row;
    row.no = told.call;
    row.of.call =
        protocol::call_aggregate(decision_.context().site, kCallSource, call_id_of(told.call));
    row.of.part = told.part;
    row.of.agent = plan_.name_of(told.agent);
    row.of.started_at = told.at;
    if (const QueuePlan* queue = plan_.calls.queue(told.queue)) {
      row.of.desk = queue->desk;
      row.of.line = queue->line;
    }
    rows_[row.key()] = std::move(row);
  }
  void on(const StopRecording& told) { end({told.call, told.part}, TapeStep::kToFetch); }
  void on(const RecordingOver& told) {
    const bool failed = told.why == TapeEnd::kFailed;
    end({told.call, told.part}, failed ? TapeStep::kNotRecorded : TapeStep::kToFetch);
  }
  template <class Other>
  void on(const Other&) {}

  void write() {
    for (const auto& [key, row] : rows_) put_tape(decision_, row);
  }

 private:
  void end(TapeKey tape, TapeStep step) {
    if (!rows_.contains(tape)) {
      const auto stored = decision_.rows().get(sync::Table::kMeta, key_of(tape));
      auto row = stored ? decode(*stored) : std::nullopt;
      if (!row) return;
      rows_[tape] = std::move(*row);
    }
    TapeRow& row = rows_[tape];
    if (row.step != TapeStep::kRuns) return;
    row.step = step;
    row.over_at = decision_.context().now;
  }

  sync::Decision& decision_;
  const SitePlan& plan_;
  std::map<TapeKey, TapeRow> rows_;
};

}  // namespace

void note_tapes(sync::Decision& decision, const SitePlan& plan, const Commands& commands) {
  Tapes tapes(decision, plan);
  for (const Command& each : commands) std::visit([&](const auto& told) { tapes.on(told); }, each);
  tapes.write();
}

std::vector<TapeRow> read_tapes(const sync::Reader& store, std::size_t at_most) {
  std::vector<TapeRow> out;
  store.scan_prefix(sync::Table::kMeta, all_tapes().take(),
                    [&](std::string_view, std::string_view value) {
                      if (auto row = decode(value)) out.push_back(std::move(*row));
                      return out.size() < at_most;
                    });
  return out;
}

void put_tape(sync::Decision& decision, const TapeRow& row) {
  decision.put_meta(key_of(row.key()), encode(row));
}

void erase_tape(sync::Decision& decision, TapeKey tape) { decision.erase_meta(key_of(tape)); }

bool goes_on(const sync::Reader& store, CallNo call) { return has_call_row(store, call); }

}  // namespace opora::telephony
