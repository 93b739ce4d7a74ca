#include "node/telephony/call_rows.h"

#include "node/telephony/queue/rows.h"

namespace opora::telephony {

namespace {

enum class Row : std::uint8_t { kNumbers = 0, kCall = 1, kAgent = 2, kFigures = 3, kTask = 4 };

KeyWriter all_rows() {
  KeyWriter key;
  key.text("call_queue");
  return key;
}
Bytes key_of(Row row, std::uint64_t no) {
  return all_rows().u8(static_cast<std::uint8_t>(row)).u64(no).take();
}

template <class T>
bool take(std::vector<T>& to, std::optional<T> row) {
  if (row) to.push_back(std::move(*row));
  return row.has_value();
}

bool read_row(StoredRows& out, Row row, std::string_view value) {
  switch (row) {
    case Row::kNumbers: {
      KeyReader reader(value);
      out.numbers_below = reader.u64();
      return reader.at_end();
    }
    case Row::kCall: return take(out.rows.calls, decode_call(value));
    case Row::kAgent: return take(out.rows.agents, decode_agent(value));
    case Row::kFigures: return take(out.rows.figures, decode_figures(value));
    case Row::kTask: break;
  }
  return false;
}

}  // namespace

StoredRows read_rows(const sync::Reader& store) {
  StoredRows out;
  const Bytes prefix = all_rows().take();
  store.scan_prefix(sync::Table::kMeta, prefix, [&](std::string_view key, std::string_view value) {
    KeyReader reader(key.substr(prefix.size()));
    const auto row = static_cast<Row>(reader.u8());
    if (const auto task = AggregateId::from(value); row == Row::kTask && task) {
      out.tasks.emplace(CallNo{reader.u64()}, *task);
      return true;
    }
    if (read_row(out, row, value)) return true;
    out.unread.emplace_back(key);
    if (row == Row::kCall) out.lost.emplace_back(reader.u64());
    return true;
  });
  return out;
}

bool has_call_row(const sync::Reader& store, CallNo call) {
  return store.get(sync::Table::kMeta, key_of(Row::kCall, call.v)).has_value();
}

void write_rows(sync::Decision& decision, const Core& core, const Core::Done& done) {
  const Floor& floor = core.floor();
  for (const CallNo no : done.calls) {
    const auto call = floor.calls.find(no);
    const Bytes key = key_of(Row::kCall, no.v);
    if (call == floor.calls.end()) decision.erase_meta(key);
    else decision.put_meta(key, encode(call->second));
  }
  for (const AgentNo no : done.agents)
    decision.put_meta(key_of(Row::kAgent, no.v), encode(floor.agents.at(no)));
  for (const QueueNo no : done.figures)
    decision.put_meta(key_of(Row::kFigures, no.v), encode(floor.figures.at(no)));
}

void write_numbers(sync::Decision& decision, std::uint64_t below) {
  decision.put_meta(key_of(Row::kNumbers, 0), KeyWriter().u64(below).take());
}

void write_task(sync::Decision& decision, CallNo call, const AggregateId& task) {
  decision.put_meta(key_of(Row::kTask, call.v), Bytes(task.view()));
}

void erase_task(sync::Decision& decision, CallNo call) {
  decision.erase_meta(key_of(Row::kTask, call.v));
}

}  // namespace opora::telephony
