"""The 500 commonest accented syllables of Vietnamese law text: a text decoded by the right table is full of them.

Counted over every seventh article of the codified law of Vietnam (public text). They are 93 % of the accented words
there; of a text decoded by a wrong table they are under 10 %.
"""

from __future__ import annotations

from ingestion.vietnamese.syllables import words_of

COMMON: frozenset[str] = frozenset(
    words_of("""
    định của và có các công cơ được điều hợp thông chức hành tại thực cấp hiện lý tổ người với bộ về vụ nhân việc
    pháp tư số nước động này luật hoặc tài dụng đối chính trường quản bảo nhiệm sản ngày từ nghiệp quyết quyền
    khoản sở bản không nghị án báo nhận kiểm trình nhà thời đồng hội dân hàng phải chứng quốc hoạt ký để sự viên
    thành là liên thẩm bị sử văn đơn năm xuất dịch trách phạm thuộc liệu giá sơ kết cáo dự đến chủ hạn việt làm
    phí học giấy hồ vị tế thuế phòng hiệu phương nội điểm lập trên thủ cầu chỉ đầu khác đề tiếp địa toán đăng phát
    tác hình cá thì lực xã sách trưởng đã ngoài chuyển hóa giải xác một đại ủy kể trợ yêu độ tháng chế tiêu tiền
    nhập đảm ngân khẩu thể đổi chất lượng sát trực nghệ ứng nộp tục xử kiện tạo vật giám thiết chuẩn tổng vào hiểm
    thuốc toàn bằng chuyên kế năng quả nghề hải tự tỉnh thống mục điện dựng gồm bổ xây hệ phép kỹ áp gửi phụ phẩm
    phủ vệ nếu dẫn cục mức xét hướng đủ kiến mẫu giáo thuật tính tố nguyên thức trị triển tượng ở quỹ khoán lại
    bệnh hoạch biên lưu trước phục diện thương phân đây ngành tàu nhất đánh đào vực phối quá kèm tạm chương hỗ tòa
    lệ vận phần loại đường thủy biển giữ quân chấp thường cứu tử viện tịch đó dục trừ nơi cảnh nguồn nghĩa bố tập
    thuận bên cứ lục thác vốn trả đạo trì mà hưởng tiện ương truyền bán dữ biện ý sửa hoàn phù chống nông những
    lợi căn giới ngoại duyệt môi kỳ chịu đất trở hữu lương như phê tiến hại tiết sĩ tình lãnh nghiệm tối chỉnh tên
    tương cần tờ trí chưa lên biểu phạt khí bồi đang đặc thị đình phố dưới chữa cảng chí đáp môn vấn máy lĩnh cán
    cùng hồi từng khiếu mặt cụ soát nghiên vùng tải cố cộng nại hạng bàn lần tích gây hạ mình dưỡng hộ giúp đoàn
    đúng miễn kê thỏa mại tín phó dược biệt mới thuê rõ giữa đương đóng tuyển cấu phiếu huyện nuôi đo dùng đồ ảnh
    trú thư khả đầy mạng nhưng tội cử thế còn khách mã tuyến mô cổ tâm nợ cách đốc yếu gọi tắc góp biến chiến đặt
    chọn đội nhánh nhóm đi thiệt cư dấu dầu mật bắt hủy tụng hòa lịch trọng ưu giảm xếp lệnh đấu sắt họp bậc trữ
    nêu sức bưu thiên chữ bù khám cả thôn mở cửa cập tầng trẻ phiên trái tướng đưa khảo trích tuổi sư chấm họ ước
    đa tù sổ tỷ thân hết bỏ bình thiểu tuân trụ túy xạ nạn nâng chiếu tái đích ô nhiễm kháng thảo ích luận đứng
    chậm suất đạt kịp thú nghiện lấy phản nhật dứt ngữ
    """)
)
