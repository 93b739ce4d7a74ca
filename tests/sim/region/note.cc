#include "tests/sim/region/note.h"

namespace opora::sim {

class SimNote final : public sync::Note {
 public:
  explicit SimNote(NoteDisk& disk) : disk_(disk), opening_(++disk.openings_) {
    if (auto slot = sync::newest_slot(disk_.bytes_)) {
      version_ = slot->version;
      content_ = std::move(slot->content);
    }
  }

  const std::optional<Bytes>& content() const override { return content_; }
  Status write(std::string_view content) override {
    ++version_;
    content_ = Bytes(content);
    if (opening_ != disk_.openings_) return ok_status();  // its process is gone
    disk_.bytes_.replace(sync::slot_place(version_), sync::kSlotBytes,
                         sync::encode_slot(version_, content));
    return ok_status();
  }
  Status sync() override {
    if (opening_ == disk_.openings_) disk_.synced_ = disk_.bytes_;
    return ok_status();
  }

 private:
  NoteDisk& disk_;
  const std::uint64_t opening_;
  std::uint64_t version_ = 0;
  std::optional<Bytes> content_;
};

std::unique_ptr<sync::Note> NoteDisk::open() { return std::make_unique<SimNote>(*this); }

void NoteDisk::power_cut(Dice& dice) {
  ++openings_;
  for (std::size_t at = 0; at < bytes_.size(); at += sync::kSlotBytes) {
    const auto torn = static_cast<std::size_t>(dice.between(1, sync::kSlotBytes - 1));
    const std::size_t kept = dice.percent(40) ? 0 : dice.percent(70) ? sync::kSlotBytes : torn;
    synced_.replace(at, kept, bytes_, at, kept);
  }
  bytes_ = synced_;
}

void NoteDisk::wipe() { put_back({}); }

void NoteDisk::put_back(const NoteDisk& older) {
  bytes_ = synced_ = older.bytes_;
  ++openings_;
}

std::optional<Bytes> NoteDisk::read() const {
  auto slot = sync::newest_slot(bytes_);
  return slot ? std::optional(std::move(slot->content)) : std::nullopt;
}

}  // namespace opora::sim
