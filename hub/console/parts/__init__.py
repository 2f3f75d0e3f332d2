"""What several pages show: ladders, months, pages of long lists."""
