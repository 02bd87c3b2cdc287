"""Files through the aws command: large ones in parts, folders, again and again."""

import filecmp
import random


def ran(cloud, *arguments):
    result = cloud.aws("s3", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_large_file_up_and_down(cloud, s3, bucket, tmp_path):
    there, back = tmp_path / "there", tmp_path / "back"
    dice = random.Random(1)
    with open(there, "wb") as file:
        for _ in range(100):
            file.write(dice.randbytes(1 << 20))
    ran(cloud, "cp", "--no-progress", there, f"s3://{bucket}/large")
    assert s3.head_object(Bucket=bucket, Key="large")["ETag"].endswith('-13"')
    ran(cloud, "cp", "--no-progress", f"s3://{bucket}/large", back)
    assert filecmp.cmp(there, back, shallow=False)
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")


def test_a_folder_twice(cloud, s3, bucket, tmp_path):
    folder, back = tmp_path / "folder", tmp_path / "back"
    names = ["a.json", "sub/b c.json", "sub/deep/d+e.json", "ใบ.json", "empty"]
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name if name != "empty" else "")
    assert ran(cloud, "sync", "--no-progress", folder, f"s3://{bucket}/f").count("upload:") == 5
    assert ran(cloud, "sync", "--no-progress", folder, f"s3://{bucket}/f") == ""
    assert ran(cloud, "sync", "--no-progress", f"s3://{bucket}/f", back).count("download:") == 5
    assert ran(cloud, "sync", "--no-progress", f"s3://{bucket}/f", back) == ""
    for name in names:
        assert filecmp.cmp(folder / name, back / name, shallow=False)
    (folder / "a.json").write_text("longer than before")
    (folder / "empty").unlink()
    changed = ran(cloud, "sync", "--no-progress", "--delete", folder, f"s3://{bucket}/f")
    assert (changed.count("upload:"), changed.count("delete:")) == (1, 1)
    ran(cloud, "rm", "--recursive", f"s3://{bucket}/f")
    ran(cloud, "rb", f"s3://{bucket}")
    assert s3.list_buckets()["Buckets"] == []
