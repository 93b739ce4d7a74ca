#include "sync/journal/log_book.h"

#include <algorithm>
#include <iterator>

namespace opora::sync {

namespace {

constexpr std::uint8_t kVersion = 1;

std::filesystem::path book_in(const std::filesystem::path& store) { return store / "logs.book"; }

}  // namespace

Bytes encode_log_rows(const LogRows& rows) {
  const std::size_t count = std::min(rows.synced.size(), kMaxLogRows);
  KeyWriter out;
  out.u8(kVersion).u64(rows.floor).u8(static_cast<std::uint8_t>(count));
  auto row = std::prev(rows.synced.end(), static_cast<std::ptrdiff_t>(count));
  for (; row != rows.synced.end(); ++row) out.u64(row->first).u64(row->second);
  return out.take();
}

std::optional<LogRows> decode_log_rows(std::string_view bytes) {
  KeyReader in(bytes);
  if (in.u8() != kVersion) return std::nullopt;
  LogRows out;
  out.floor = in.u64();
  for (std::size_t left = in.u8(); left > 0 && in.ok(); --left) {
    const std::uint64_t log = in.u64();
    out.synced[log] = in.u64();
  }
  if (!in.at_end()) return std::nullopt;
  return out;
}

Result<std::unique_ptr<LogBook>> LogBook::open(const std::filesystem::path& store) {
  auto file = SlotFile::open(book_in(store));
  if (!file.ok()) return file.error();
  return std::make_unique<LogBook>(std::make_unique<SlotFile>(std::move(*file)));
}

LogBook::LogBook(std::unique_ptr<Note> note) : note_(std::move(note)) {
  if (const auto& content = note_->content()) rows_ = decode_log_rows(*content).value_or(LogRows{});
}

std::optional<LogRows> LogBook::read(const std::filesystem::path& store) {
  const auto content = read_slots(book_in(store));
  if (!content) return std::nullopt;
  return decode_log_rows(*content);
}

void LogBook::synced(std::uint64_t log, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (log <= rows_.floor) return;
  rows_.synced[log] = bytes;
  static_cast<void>(note_->write(encode_log_rows(rows_)));
}

Status LogBook::retire(std::uint64_t log) {
  const std::lock_guard lock(mutex_);
  if (log <= rows_.floor) return ok_status();
  rows_.floor = log;
  rows_.synced.erase(rows_.synced.begin(), rows_.synced.upper_bound(log));
  // In both slots: whichever a power cut leaves whole, no log is missed that is gone.
  OPORA_TRY(note_->write(encode_log_rows(rows_)));
  OPORA_TRY(note_->write(encode_log_rows(rows_)));
  return note_->sync();
}

Status LogBook::sync() {
  const std::lock_guard lock(mutex_);
  return note_->sync();
}

}  // namespace opora::sync
