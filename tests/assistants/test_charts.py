import re

from assistants.templatetags.charts import bars, spark


def test_bars_are_as_high_as_their_values_and_the_last_is_today_s():
    drawn = bars([0, 5, 10], "People: 0, 5, 10")
    assert re.findall(r'class="(bar\S*)"', drawn) == ["bar-2", "bar-2", "bar"]
    assert re.findall(r'(?<!view)height="([\d.]+)"', drawn) == ["3", "27.5", "55"]
    assert 'role="img" aria-label="People: 0, 5, 10"' in drawn


def test_label_is_text():
    assert "&lt;b&gt;" in bars([1], "<b>")


def test_a_pointer_is_told_what_a_bar_stands_for():
    drawn = bars([1, 2], "People", ["Monday: 1", "<i>: 2"])
    assert re.findall("<title>(.*?)</title>", drawn) == ["Monday: 1", "&lt;i&gt;: 2"]


def test_without_a_number_there_is_a_line_on_the_ground():
    assert set(re.findall(r",([\d.]+)", spark([0, 0, 0]))) == {"24"}
    assert bars([], "Nothing").count("<rect") == 0


def test_spark_goes_up_to_the_most():
    assert re.findall(r"[\d.]+,[\d.]+", spark([0, 5, 10])) == ["0,24", "44,13", "88,2"]
